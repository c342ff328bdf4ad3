"""An encoder that fails while questions are asked: answers go on by spelling, at once and from then on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.matching.encoder import Encoder
from knowledge.model import KnowledgeBase

FLOODS = "why dose the river flod every spring"


class Failing:
    """A session that fails as onnxruntime does: always, or at some lengths of text only."""

    def __init__(self, session: Any, *, only_at: int = 0) -> None:
        self._session, self._only_at = session, only_at
        self.asked = 0

    def run(self, names: Any, feed: dict[str, Any]) -> Any:
        self.asked += 1
        if not self._only_at or feed["input_ids"].shape[1] == self._only_at:
            raise RuntimeError("CUDA is out of memory, or so")
        return self._session.run(names, feed)


@pytest.fixture
def own_encoder() -> Encoder:
    """One that a test may break."""
    return Encoder.bundled()


def broken(encoder: Encoder, **how: Any) -> Failing:
    inside = vars(encoder)
    inside["_session"] = failing = Failing(inside["_session"], **how)
    return failing


def test_a_question_is_answered_all_the_same(
    river: KnowledgeBase, own_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    answerer = Answerer.build(river, encoder=own_encoder)
    right = answerer.ask(FLOODS).candidate_id
    failing = broken(own_encoder)
    again = FLOODS.replace("spring", "sprng")
    assert answerer.ask(again).candidate_id == right
    assert answerer.ask("who is the king of France?").outcome is not Outcome.ANSWER
    # It is judged as a base without an encoder is, not by what meaning would have to say.
    plain = Answerer.build(river, encoder=None)
    assert answerer.match(again).confidence == pytest.approx(plain.match(again).confidence, abs=0.05)
    # Said once, without the question; and nobody waits for it again.
    assert caplog.text.count("encoder.failed") == 1
    assert "flod" not in caplog.text
    assert failing.asked == 2
    assert answerer.matcher.encoder is None
    assert "out of memory" in answerer.matcher.encoder_problem


def test_what_a_server_adds_afterwards_is_found(river: KnowledgeBase, own_encoder: Encoder) -> None:
    answerer = Answerer.build(river, encoder=own_encoder)
    entry = next(iter(river.entries.values()))
    mill = replace(entry, id="mill", question="Who owns the old mill?", phrasings=())
    broken(own_encoder)
    own = answerer.overlaid(replace(river, entries={**river.entries, "mill": mill}))
    assert own.ask("who owns the old mil").candidate_id == "entry:mill"
    assert own.ask(FLOODS).candidate_id == answerer.ask(FLOODS).candidate_id


def test_one_text_that_it_cannot_take_costs_that_text_alone(
    river: KnowledgeBase, own_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    answerer = Answerer.build(river, encoder=own_encoder)
    right = answerer.ask(FLOODS).candidate_id
    read = answerer.matcher.read(f"{FLOODS} again").text
    pieces = len(vars(own_encoder)["_tokenizer"].encode(read).ids)
    broken(own_encoder, only_at=pieces)
    assert answerer.ask(f"{FLOODS} again").candidate_id == right
    assert answerer.matcher.encoder is own_encoder
    assert np.isfinite(own_encoder.encode(["trout"])).all()
    assert "encoder.refused" in caplog.text
    assert "flod" not in caplog.text
