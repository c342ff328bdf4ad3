"""Plain questions and answers as JSON Lines, without experts and sources: to try matching on any list of questions.

A line is an object with `id`, `question`, `alternates` (other ways of asking) and `answer`.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from knowledge.errors import PackError, Problem
from knowledge.model import Entry, KnowledgeBase, PackInfo


def load_faq(path: Path) -> KnowledgeBase:
    """The file as a base of entries without claims. Raises PackError with every problem found."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError([Problem(str(path), 0, "", f"cannot be read as UTF-8 text ({error})")]) from error
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = _entry(json.loads(line))
        except ValueError as error:
            problems.append(Problem(str(path), number, "", str(error)))
            continue
        if entry.id in entries:
            problems.append(Problem(str(path), number, "id", f"{entry.id!r} stands twice: give each entry its own id"))
        entries[entry.id] = entry
    if not entries and not problems:
        problems.append(Problem(str(path), 0, "", "holds no entry: write one JSON object a line"))
    if problems:
        raise PackError(problems)
    return KnowledgeBase(PackInfo(path.stem, path.stem, "the questions of a list"), entries=MappingProxyType(entries))


def _entry(parsed: Any) -> Entry:
    """One line's entry. Raises ValueError, which says what is wrong."""
    if not isinstance(parsed, dict):
        raise ValueError('is not a JSON object like {"id": …, "question": …, "alternates": […], "answer": …}')  # noqa: TRY004
    data = cast("dict[str, object]", parsed)
    texts: dict[str, str] = {}
    for key in ("id", "question", "answer"):
        value = data.get(key, "")
        if not isinstance(value, str) or (not value.strip() and key != "answer"):
            raise ValueError(f"{key}: write a text")
        texts[key] = value.strip()
    found = data.get("alternates", [])
    alternates = cast("list[object]", found) if isinstance(found, list) else [None]
    if not all(isinstance(text, str) for text in alternates):
        raise ValueError("alternates: write a list of texts")
    # An answer in square brackets stands for one that is not written yet: its words tell nothing.
    answer = "" if texts["answer"].startswith("[") and texts["answer"].endswith("]") else texts["answer"]
    return Entry(texts["id"], texts["question"], answer, phrasings=tuple(cast("list[str]", alternates)))
