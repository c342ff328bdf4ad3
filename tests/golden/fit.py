"""Fit the confidence on the tuning questions and write knowledge/matching/confidence.json.

usage: python tests/golden/fit.py [--check] [--eval FOLDER]

Reads the tuning questions of the shipped base and of the small bases, never the reporting ones. --check fits
without each base in turn and prints how the base that was not seen goes. --eval names a folder with
matching tasks: re-splits of their bases, never their questions, are fitted on too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from golden_scoring import Question, is_right, questions
from small_bases import REPORTED, SmallBase, small_bases

from knowledge.chitchat import chitchat
from knowledge.compose import Composer
from knowledge.derive import Candidate, candidates
from knowledge.faq import load_faq
from knowledge.matching.building import build_index
from knowledge.matching.confidence import Confidence, Linear
from knowledge.matching.encoder import Encoder
from knowledge.matching.features import FEATURES, features
from knowledge.matching.fitting import Group, fit, own_weight, refit, with_weights
from knowledge.matching.folds import Fold, folds
from knowledge.matching.matcher import Matcher
from knowledge.matching.tools import Tools
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import Entry, KnowledgeBase
from knowledge.packs import load_base

TARGET = Path(__file__).parents[2] / "knowledge" / "matching" / "confidence.json"
CACHE = Path("data/cache-fit")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one base: `right` are ids of candidates that answer it."""

    text: str
    kind: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A base's questions as evidence; `own` are the folds that it would shift its confidence by."""

    name: str
    variant: str
    asked: tuple[Fold, ...]
    own: tuple[Fold, ...]
    own_weight: float


class Bench:
    """Bases to evidence, with or without the encoder."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder, self._tools = encoder, Tools()

    def judged(self, name: str, variant: str, base: KnowledgeBase, asked: list[Asked]) -> Judged:
        """The evidence of some questions to a base."""
        blank = Linear(0.0, np.eye(len(FEATURES))[FEATURES.index("regression")], np.zeros(1), np.ones(1))
        matcher = build_index(
            base,
            candidates(base),
            encoder=self._encoder,
            confidence=Confidence(blank, blank, blank),
            cache=VectorCache(CACHE / name),
            tools=self._tools,
        )
        part = matcher.parts[0]
        evidence = tuple(fold for question in asked if (fold := _fold(matcher, question)) is not None)
        own = tuple(folds(matcher, elsewhere=self._tools.elsewhere))
        return Judged(name, variant, evidence, own, own_weight(len(part.texts), int((part.owner < 0).sum())))


def _fold(matcher: Matcher, question: Asked) -> Fold | None:
    reading = matcher.read(question.text)
    if reading.text in matcher.parts[0].exact:
        return None
    found = matcher.evidence(reading, matcher.likeness(reading.text))
    right = np.asarray([float(candidate.id in question.right) for candidate in found.candidates])
    return Fold(features(reading, found), right, question.kind == "answerable", question.kind == "far")


def thinned(base: KnowledgeBase, rng: np.random.Generator, most: int) -> KnowledgeBase:
    """The base with one to `most` ways of asking an entry."""
    entries: dict[str, Entry] = {}
    for entry in base.entries.values():
        kept: list[int] = rng.permutation(len(entry.phrasings))[: rng.integers(0, most)].tolist()
        entries[entry.id] = replace(entry, phrasings=tuple(entry.phrasings[i] for i in sorted(kept)))
    return replace(base, entries=MappingProxyType(entries))


def every_nth(base: KnowledgeBase, n: int, *, gaps: bool) -> KnowledgeBase:
    """The base with every n-th phrasing and, if at all, every n-th gap question."""
    entries = {i: replace(e, phrasings=e.phrasings[::n]) for i, e in base.entries.items()}
    left = {i: replace(g, questions=g.questions[::n]) for i, g in base.gaps.items()} if gaps else {}
    return replace(base, entries=MappingProxyType(entries), gaps=MappingProxyType(left))


def of_small_bases(bench: Bench) -> Iterator[Judged]:
    """The small bases: whole, with few ways of asking, and those without claims with a quarter of the entries gone."""
    far = [q.text for q in questions("tune") if q.kind == "far" and chitchat(q.text) is None]
    bases = small_bases()
    for number, small in enumerate(bases):
        rng = np.random.default_rng(number)
        off = [*rng.choice(far, 20, replace=False)]
        off += [
            str(rng.choice([q.text for q in other.questions])) for other in bases if other is not small for _ in "12"
        ]
        asked = [*_asked(small), *(Asked(text, "far", frozenset()) for text in off)]
        yield bench.judged(small.name, "whole", small.base, asked)
        yield bench.judged(small.name, "thin", thinned(small.base, rng, 3), asked)
        yield bench.judged(small.name, "bare", thinned(small.base, rng, 1), asked)
        if not small.base.claims:
            gone = set(rng.choice(list(small.base.entries), len(small.base.entries) // 4, replace=False).tolist())
            rest = {i: e for i, e in small.base.entries.items() if i not in gone}
            yield bench.judged(
                small.name,
                "gone",
                replace(small.base, entries=MappingProxyType(rest)),
                [_without(question, {f"entry:{i}" for i in gone}) for question in asked],
            )


def _asked(small: SmallBase) -> Iterator[Asked]:
    for question in small.questions:
        right = frozenset(c.id for c in candidates(small.base) if question.answered_by(c))
        yield Asked(question.text, question.kind, right)


def _without(question: Asked, gone: set[str]) -> Asked:
    right = question.right - gone
    return Asked(question.text, question.kind if right or question.kind != "answerable" else "near", right)


def of_shipped_base(bench: Bench) -> Iterator[Judged]:
    """The shipped base, whole and thinner, with and without its gaps."""
    whole = load_base(["china-russia"])
    composer = Composer(whole)
    known = candidates(whole)

    def right(question: Question, candidate: Candidate) -> bool:
        return is_right(question, composer.answer(candidate, asked="", confidence=1.0))

    asked = [
        Asked(q.text, q.kind, frozenset(c.id for c in known if q.claims & set(c.claims) and right(q, c)))
        for q in questions("tune")
        if chitchat(q.text) is None
    ]
    for n in (1, 3, 9):
        for gaps in (True, False):
            yield bench.judged("china-russia", f"1/{n}{' gaps' * gaps}", every_nth(whole, n, gaps=gaps), asked)


def of_tasks(bench: Bench, folder: Path) -> Iterator[Judged]:
    """Re-splits of the largest task's base: some entries left out, some phrasings as questions."""
    whole = load_faq(folder / "banking77-open75-full" / "kb.jsonl")
    far = [q.text for q in questions("tune") if q.kind == "far" and chitchat(q.text) is None]
    for seed, size in enumerate((10, 10, 10, 3, 1, 30, 5, 30)):
        rng = np.random.default_rng(100 + seed)
        ids = list(whole.entries)
        rng.shuffle(ids)
        kept: dict[str, Entry] = {}
        on: list[Asked] = []
        off: list[Asked] = []
        for number, entry in enumerate(whole.entries[i] for i in ids):
            texts = rng.permutation([entry.question, *entry.phrasings]).tolist()
            if number < 43:
                kept[entry.id] = replace(entry, question=texts[0], phrasings=tuple(texts[1:size]))
                on += [Asked(text, "answerable", frozenset({f"entry:{entry.id}"})) for text in texts[size : size + 7]]
            else:
                off += [Asked(text, "near", frozenset()) for text in texts[:9]]
        off += [Asked(str(text), "far", frozenset()) for text in rng.choice(far, 40, replace=False)]
        yield bench.judged("tasks", f"{size} #{seed}", replace(whole, entries=MappingProxyType(kept)), [*on, *off])


def groups(judged: list[Judged], *, without: str = "") -> list[Group]:
    """What is fitted on."""
    return [Group(j.asked) for j in judged if j.name != without and j.name not in REPORTED]


def check(judged: list[Judged]) -> None:
    """Print how each base goes with weights that never saw it, first as they are, then shifted by its own folds."""
    for name in sorted({j.name for j in judged} - REPORTED):
        confidence = fit(groups(judged, without=name))
        for of_one in (j for j in judged if j.name == name):
            line = f"{name:14} {of_one.variant:12} {_figures(confidence, of_one)}"
            if of_one.own_weight:
                shifted = with_weights(confidence, *refit(confidence, of_one.own, of_one.own_weight))
                line += f" | own {_figures(shifted, of_one)}"
            print(line, flush=True)


def _figures(confidence: Confidence, judged: Judged) -> str:
    known: list[tuple[float, float, bool]] = []
    near: list[float] = []
    for fold in judged.asked:
        judgement = confidence.judge(fold.rows)
        sure = judgement.scores[0] if judgement.scores else 0.0
        if fold.answerable:
            known.append((sure, 1.0, bool(fold.right[judgement.order[0]])))
        elif not fold.far:
            near.append(sure)
    sures, rights, nears = np.asarray([k[0] for k in known]), np.asarray([k[2] for k in known]), np.asarray(near)
    cut = float(np.quantile(nears, 0.9))
    best = max(((rights & (sures > t)).mean() + (nears <= t).mean()) / 2 for t in np.unique(np.r_[sures, nears]))
    rightly = (rights & (sures > cut)).mean()
    return f"first {rights.mean():.3f} balanced {best:.3f} rightly at 90% of near misses quiet {rightly:.3f}"


def main() -> None:
    """Fit with and without the encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="print how unseen bases go, write nothing")
    parser.add_argument("--eval", type=Path, help="a folder with matching tasks, whose bases are re-split")
    arguments = parser.parse_args()
    models: dict[str, object] = {}
    for name, encoder in (("encoder", Encoder.bundled()), ("spelling", None)):
        bench = Bench(encoder)
        judged = [*of_small_bases(bench), *of_shipped_base(bench)]
        if arguments.eval is not None:
            judged += of_tasks(bench, arguments.eval)
        print(f"{name}: {sum(len(j.asked) for j in judged)} questions to {len(judged)} bases", flush=True)
        if arguments.check:
            check(judged)
        else:
            models[name] = fit(groups(judged)).data()
    if not arguments.check:
        TARGET.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
