"""What tests of curation share: the river base as packs, and short ways to a server's own items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from knowledge.curation.bodies import SINGULAR
from knowledge.curation.items import ItemKey, ItemKind, Overlay, Revision, State
from knowledge.curation.merging import Ground
from knowledge.model import KnowledgeBase

SOURCE = {"title": "The boat book", "author": "bo-berg", "sections": [{"id": "hulls", "title": "Hulls"}]}
EXPERT = {"name": "Bo Berg", "kind": "author", "role": "boat builder"}
CLAIM = {"text": "Oak hulls last a century.", "expert": "bo-berg", "source": "boat-book", "section": "hulls"}
ENTRY = {"question": "How long does a hull last?", "answer": "A century, if it is of oak.", "claims": ["oak"]}
BOATS: dict[str, dict[str, dict[str, Any]]] = {
    "experts": {"bo-berg": EXPERT},
    "sources": {"boat-book": SOURCE},
    "claims": {"oak": CLAIM},
    "entries": {"hull-life": ENTRY},
}

MakeOverlay = Callable[..., Overlay]


def _overlay(**items: Mapping[str, dict[str, Any] | None]) -> Overlay:
    """`overlay(entries={"why": {...}, "gone": None})`: live items with these bodies, retired ones for None."""
    revisions: list[Revision] = []
    for plural, bodies in items.items():
        for item_id, body in bodies.items():
            state = State.LIVE if body is not None else State.RETIRED
            revisions.append(Revision(SINGULAR[plural], item_id, 1, state, body, 1))
    return Overlay.of(revisions, 1)


@pytest.fixture(scope="session")
def overlay() -> MakeOverlay:
    return _overlay


@pytest.fixture(scope="session")
def boats() -> Overlay:
    """A server's own knowledge: one entry about boats, with its claim, expert and source."""
    return _overlay(**BOATS)


@pytest.fixture(scope="session")
def ground(river: KnowledgeBase) -> Ground:
    """The river base, switched on for the server."""
    return Ground(river)


@pytest.fixture(scope="session")
def key() -> Callable[[str], ItemKey]:
    """`key("entry:why")`"""

    def make(text: str) -> ItemKey:
        kind, _, item_id = text.partition(":")
        return ItemKey(ItemKind(kind), item_id)

    return make
