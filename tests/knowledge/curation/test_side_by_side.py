"""Two whole versions beside each other: nothing is missing, and what differs is marked."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.curation.items import ItemKind
from knowledge.curation.side_by_side import Field, alone, side_by_side


def called(kind: ItemKind, item: str) -> str:
    return f"{kind.value} {item}"


def marked(fields: Sequence[Field]) -> dict[str, str]:
    """Each field with what differs in brackets."""
    return {
        field.name: "\n".join(
            "".join(f"[{stretch.text.strip()}] " if stretch.differs else stretch.text for stretch in line).strip()
            for line in field.lines
        )
        for field in fields
    }


THEIRS = {"question": "Why?", "answer": "The snow melts in May.", "claims": ["melt", "dam"], "phrasings": ["why so"]}
MINE = {"question": "Why?", "answer": "The snow melts in early spring.", "claims": ["melt"], "expires": "2027-01-31"}


def test_both_versions_are_whole_and_what_differs_is_marked() -> None:
    theirs, mine = side_by_side(THEIRS, MINE, called)
    assert marked(theirs) == {
        "question": "Why?",
        "answer": "The snow melts in [May.]",
        "claim": "claim melt\n[claim dam]",
        "phrasing": "[why so]",
        "expires": "",
    }
    assert marked(mine) == {
        "question": "Why?",
        "answer": "The snow melts in [early spring.]",
        "claim": "claim melt",
        "phrasing": "",
        "expires": "[2027-01-31]",
    }
    assert [field.name for field in theirs if field.differs] == ["answer", "claim", "phrasing", "expires"]
    assert [field.text for field in theirs][:2] == ["Why?", "The snow melts in May."]


def test_a_single_version_has_nothing_marked() -> None:
    assert not any(field.differs or "[" in text for field in alone(THEIRS, called) for text in marked([field]).values())


def test_in_brief_what_differs_stays_and_the_rest_is_shortened() -> None:
    same = " ".join(f"w{n}" for n in range(50))
    theirs, _ = side_by_side(
        {"answer": f"{same} theirs {same}", "note": same, "phrasings": ["a", "b", "c"]},
        {"answer": f"{same} mine {same}", "note": same, "phrasings": ["a", "b", "d"]},
        called,
    )
    brief = marked([field.brief() for field in theirs])
    assert brief["answer"] == "… w42 w43 w44 w45 w46 w47 w48 w49 [theirs] w0 w1 w2 w3 w4 w5 w6 w7 …"
    assert brief["note"] == "w0 w1 w2 w3 w4 w5 w6 w7 …"
    assert brief["phrasing"] == "[c]\n… and 2 that both have"
