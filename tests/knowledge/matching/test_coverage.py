"""Which words of a question a candidate can answer for."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.derive import candidates
from knowledge.matching.building import build_matcher
from knowledge.matching.coverage import Asked, Coverage, Covered
from knowledge.matching.matcher import Matcher
from knowledge.matching.tools import Tools
from knowledge.model import KnowledgeBase


@pytest.fixture(scope="module")
def matcher(river: KnowledgeBase) -> Matcher:
    return build_matcher(river, candidates(river), encoder=None)


@pytest.fixture(scope="module")
def tools() -> Tools:
    return Tools()


def covered(matcher: Matcher, tools: Tools, words: list[str], *ids: str) -> Covered:
    """How far words are held by some candidates, each compared by all of its phrasings."""
    part = matcher.parts[0]
    places = [[candidate.id for candidate in part.candidates].index(one) for one in ids]
    asked = [Asked(part, at, list(range(part.phrasings[at].start, part.phrasings[at].stop))) for at in places]
    return Coverage(matcher.parts, stem=tools.stem, words=tools.words).of(words, asked)


def test_a_word_is_held_where_it_stands(matcher: Matcher, tools: Tools) -> None:
    held = covered(matcher, tools, ["flood", "trout"], "entry:why-flood", "topic:fish").held
    assert held[0, 0] == held[1, 1] == 1.0
    assert held[0, 1] < 0.6


def test_other_forms_count_and_so_do_typos_of_words_that_are_unknown(matcher: Matcher, tools: Tools) -> None:
    held = covered(matcher, tools, ["flooding", "volcano", "marshh"], "said:ada-marsh").held
    assert held[0, 0] == 1.0
    assert held[0, 1] < 0.6
    assert 0.8 < held[0, 2] <= 1.0


def test_a_synonym_counts_in_part(matcher: Matcher, tools: Tools) -> None:
    held = covered(matcher, tools, ["stream", "parliament"], "entry:why-flood").held
    assert 0.3 < held[0, 0] < 1.0
    assert held[0, 1] < 0.3


def test_what_the_whole_base_knows_and_what_tells(matcher: Matcher, tools: Tools) -> None:
    found = covered(matcher, tools, ["flood", "bridge", "parliament"], "entry:why-flood")
    assert found.known[:2].tolist() == [1.0, 1.0]
    assert found.known[2] < 0.5
    assert found.telling[0] < found.telling[1] < found.telling[2] == 1.0


def test_one_phrasing_is_compared_both_ways(matcher: Matcher, tools: Tools) -> None:
    whole = covered(matcher, tools, ["river", "flood"], "entry:why-flood")
    assert whole.phrased.tolist() == [[1.0, 1.0]]
    assert whole.echoed[0] == pytest.approx(1.0)
    assert whole.missed[0] == pytest.approx(0.0)
    assert matcher.parts[0].owner[whole.phrasing[0]] == 0
    half = covered(matcher, tools, ["river"], "entry:why-flood")
    assert half.echoed[0] < 1.0
    assert half.missed[0] > 0.15


def test_nothing_to_cover(matcher: Matcher, tools: Tools) -> None:
    found = covered(matcher, tools, [], "entry:why-flood")
    assert found.held.shape == found.phrased.shape == (1, 0)
    assert covered(matcher, tools, ["flood"]).held.shape == (0, 1)
    assert np.isfinite(found.echoed).all()
