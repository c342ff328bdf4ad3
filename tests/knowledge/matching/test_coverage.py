"""Which words of a question a candidate can answer for."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.coverage import Coverage
from knowledge.matching.encoder import Encoder

DOCUMENTS = [["ada", "marsh", "energy", "alliances"], ["ada", "marsh", "space"], ["the", "trout"]]
ALL = np.arange(3)


@pytest.fixture(scope="module")
def spelling() -> Coverage:
    return Coverage(DOCUMENTS, vectors={}, encoder=None)


@pytest.fixture(scope="module")
def meaning(encoder: Encoder) -> Coverage:
    words = sorted({word for document in DOCUMENTS for word in document})
    return Coverage(DOCUMENTS, vectors=dict(zip(words, encoder.encode(words), strict=True)), encoder=encoder)


def test_a_word_is_held_where_it_stands(spelling: Coverage) -> None:
    assert spelling.of(["energy"], ALL).tolist() == [[1.0], [0.0], [0.0]]
    assert spelling.of(["marsh", "space"], ALL).tolist() == [[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]


def test_other_forms_and_typos_count(spelling: Coverage) -> None:
    assert spelling.of(["alliance"], ALL)[0, 0] == 1.0
    assert 0.8 < spelling.of(["energie"], ALL)[0, 0] <= 1.0
    assert spelling.of(["volcano"], ALL).max() == 0.0


def test_with_vectors_a_synonym_counts_in_part(meaning: Coverage, spelling: Coverage) -> None:
    held = meaning.of(["salmon"], ALL)
    assert held[:, 0].argmax() == 2
    assert 0.0 < held[2, 0] < 1.0
    assert spelling.of(["salmon"], ALL).max() == 0.0


def test_what_the_whole_base_knows(spelling: Coverage, meaning: Coverage) -> None:
    for coverage in (spelling, meaning):
        assert coverage.known("energy") == 1.0
        assert coverage.known("parliament") < 0.5


def test_a_rare_word_tells_more_than_a_common_one(spelling: Coverage) -> None:
    assert spelling.telling("marsh") < spelling.telling("space") < spelling.telling("volcano") == 1.0


@pytest.mark.parametrize("documents", [[], [[], []], [["the"]]])
def test_nothing_to_cover(documents: list[list[str]]) -> None:
    coverage = Coverage(documents, vectors={}, encoder=None)
    everything = np.arange(len(documents))
    assert coverage.of([], everything).shape == (len(documents), 0)
    assert coverage.of(["energy", "space"], everything).tolist() == [[0.0, 0.0]] * len(documents)
    assert coverage.known("energy") == 0.0
    assert coverage.telling("energy") == 1.0
