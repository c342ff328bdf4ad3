"""Small bases on many subjects, each with questions that another author wrote: does the confidence carry over?

`bases/<name>/` holds a pack (base.yaml) or plain questions and answers (kb.jsonl), and questions.jsonl:
40 that the base answers and 62 near misses. Everything in them is invented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from knowledge.derive import Candidate, CandidateKind
from knowledge.faq import load_faq
from knowledge.model import KnowledgeBase
from knowledge.packs import load_pack

FOLDER = Path(__file__).parent / "bases"

REPORTED = frozenset({"shipwreck", "marathon"})
"""Bases that nothing is fitted on: only for reporting."""


@dataclass(frozen=True, slots=True)
class SmallQuestion:
    """A question with the entries and claims any of which answers it; `kind` is answerable or near."""

    text: str
    kind: str
    entries: frozenset[str]
    claims: frozenset[str]

    def answered_by(self, candidate: Candidate) -> bool:
        """Whether that candidate's answer is a right one."""
        if candidate.kind is CandidateKind.ENTRY:
            return candidate.subject in self.entries
        return bool(self.claims & set(candidate.claims))


@dataclass(frozen=True, slots=True)
class SmallBase:
    """A base and its questions."""

    name: str
    base: KnowledgeBase
    questions: tuple[SmallQuestion, ...]


def small_bases() -> list[SmallBase]:
    """All of them, by name."""
    return [_read(folder) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]


def _read(folder: Path) -> SmallBase:
    pack = folder / "base.yaml"
    base = load_pack(pack) if pack.exists() else load_faq(folder / "kb.jsonl")
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    found = (
        SmallQuestion(row["text"], row["kind"], frozenset(row.get("gold", ())), frozenset(row.get("claims", ())))
        for row in rows
    )
    return SmallBase(folder.name, base, tuple(found))
