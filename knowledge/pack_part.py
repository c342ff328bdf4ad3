"""What is well-formed in packs that cannot be loaded: enough to compare the rest of them with a source's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from knowledge.model import Claim, Expert, KnowledgeBase, Locator, PackInfo, Source
from knowledge.pack_build import build_base, build_item
from knowledge.pack_files import KINDS, Item
from knowledge.pack_layers import Placed
from knowledge.yamlfile import CheckedFile
from knowledge.yamltree import Path


def build_part(items: Mapping[str, Sequence[Placed]]) -> tuple[KnowledgeBase, dict[tuple[str, str], Item]]:
    """A base of the items without a problem of their own, and where they stand.

    Who an item refers to may be missing; but every place in it is in a section that its source has.
    """
    faulty: dict[int, set[Path]] = {}
    things: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    places: dict[tuple[str, str], Item] = {}
    for kind in KINDS:
        for placed in items[kind]:
            item = placed.item
            if id(item.file) not in faulty:
                faulty[id(item.file)] = _around_faults(item.file)
            if item.file.broken or item.path in faulty[id(item.file)]:
                continue
            things[kind].append(build_item(item, placed.pack.only_source))
            places[kind, item.id] = item
    sections = {
        (source.id, section.id)
        for source in things["sources"]
        if isinstance(source, Source)
        for section in source.sections
    }

    def there(place: Locator | None) -> bool:
        return place is not None and (place.source, place.section) in sections

    claims = [claim for claim in things["claims"] if isinstance(claim, Claim) and there(claim.locator)]
    experts = [
        expert if there(expert.described) else replace(expert, described=None)
        for expert in things["experts"]
        if isinstance(expert, Expert)
    ]
    return build_base(PackInfo("", "", "", ()), {**things, "claims": claims, "experts": experts}), places


def _around_faults(file: CheckedFile) -> set[Path]:
    """The paths of everything that has a problem somewhere in it."""
    return {path[:length] for path in file.flagged for length in range(len(path) + 1)}
