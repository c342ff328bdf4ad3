"""Whatever a database or a file holds: what is wrong is told, the rest goes on, and no reference dangles."""

from __future__ import annotations

import random
from typing import Any

import pytest

from knowledge.curation.bodies import body_in, things_of
from knowledge.curation.difference import collision, difference
from knowledge.curation.exporting import export_yaml
from knowledge.curation.importing import dry_run
from knowledge.curation.items import ItemKey, ItemKind, Overlay, Revision, State
from knowledge.curation.merging import Ground, no_packs
from knowledge.model import KnowledgeBase

WORDS = ("", "x", "a b", "ada-marsh", "2024-02-30", "https://x.example", "\u200b", "ÿ😀", "person", "z" * 2000)
KEYS = ("id", "title", "section", "source", "heading", "paragraph", "anchor")


def junk(rng: random.Random, depth: int = 0) -> Any:
    choice = rng.random()
    if choice < 0.3:
        return rng.choice(WORDS)
    if choice < 0.5 or depth > 2:
        return rng.choice([0, 1, -1, 1.5, True, False, None])
    if choice < 0.75:
        return [junk(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {rng.choice(KEYS): junk(rng, depth + 1) for _ in range(rng.randrange(4))}


def spoilt(rng: random.Random, base: KnowledgeBase) -> Revision:
    kind = rng.choice([kind for kind in ItemKind if things_of(base, kind)])
    key = ItemKey(kind, rng.choice([*things_of(base, kind)]))
    body = body_in(base, key) or {}
    for _ in range(rng.randrange(4)):
        field = rng.choice([*body, "extra", "described", "related", "topics", "expires", "aliases", "phrasings"])
        body[field] = junk(rng)
    item_id = key.id if rng.random() < 0.5 else rng.choice(["new-a", "new-b", "Bad Id", "", "ü"])
    state = rng.choice([State.LIVE, State.LIVE, State.LIVE, State.RETIRED, State.INHERITED])
    return Revision(kind, item_id, 1, state, body if state is State.LIVE else None, 1)


def assert_whole(base: KnowledgeBase) -> None:
    for claim in base.claims.values():
        assert claim.expert in base.experts
        assert base.sources[claim.locator.source].section(claim.locator.section)
        assert all(topic in base.topics for topic in claim.topics)
    for entry in base.entries.values():
        assert entry.claims
        assert all(claim in base.claims for claim in entry.claims)
        assert all(related in base.entries for related in entry.related)
    assert all(source.author in base.experts for source in base.sources.values())
    assert all(example in base.entries for example in base.info.examples)


@pytest.mark.parametrize("seed", range(40))
def test_a_server_always_has_a_whole_base(ground: Ground, river: KnowledgeBase, seed: int) -> None:
    rng = random.Random(seed)
    revisions = [spoilt(rng, river) for _ in range(rng.randrange(1, 6))]
    overlay = Overlay.of(revisions, 1)
    for below in (ground, Ground(no_packs())):
        merged = below.merge(overlay)
        assert_whole(merged.base)
        assert bool(merged.problems) == bool(merged.left_out)
        assert all(problem.message and str(problem.key) in str(problem) for problem in merged.problems)
        text = export_yaml(below, overlay)
        run = dry_run(text.encode(), below, Overlay())
        assert bool(run.conflicts) == bool(merged.problems)
        if not run.conflicts:
            assert export_yaml(below, Overlay().with_edits(run.edits)) == text
    bodies = [revision.body for revision in revisions]
    for one in bodies:
        for other in bodies:
            assert all(line.text for line in difference(one, other))
            assert collision(one, other, other).theirs == difference(one, other)
