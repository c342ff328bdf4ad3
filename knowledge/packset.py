"""The packs that the bot was started with, each of which a server may switch off for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.curation.merging import no_packs
from knowledge.model import KnowledgeBase, PackInfo
from knowledge.pack_build import build_info
from knowledge.pack_files import PackFiles
from knowledge.packs import find_pack, load_base


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack: the name or path it was named by, what it is, and the ids of those that it cannot do without."""

    name: str
    info: PackInfo
    builds_on: frozenset[str] = frozenset()


class PackSet:
    """All packs, in the order in which they were named, with the base that they make together."""

    def __init__(self, packs: Sequence[Pack], whole: KnowledgeBase) -> None:
        self.packs = tuple(packs)
        self.whole = whole

    @classmethod
    def read(cls, names: Sequence[str]) -> PackSet:
        """Load packs by name or path. Raises PackError with every problem found."""
        return cls.around(names, load_base(names))

    @classmethod
    def around(cls, names: Sequence[str], whole: KnowledgeBase) -> PackSet:
        """The packs of a base that has been loaded from them already."""
        if len(names) == 1:
            return cls([Pack(names[0], whole.info)], whole)
        packs: list[Pack] = []
        for name in dict.fromkeys(names):
            head = PackFiles(find_pack(name)).heads[0]
            packs.append(Pack(name, build_info(head), frozenset(named for _, named in head.texts("builds_on"))))
        return cls(packs, whole)

    @classmethod
    def of(cls, base: KnowledgeBase) -> PackSet:
        """A base that is one pack."""
        return cls([Pack(base.info.id, base.info)], base)

    def on(self, switched: Mapping[str, bool]) -> frozenset[str]:
        """The ids of the packs that hold where some are switched on or off by id; without a word they are on.

        With a pack goes off what builds on it.
        """
        found: set[str] = set()
        for pack in self.packs:
            if switched.get(pack.info.id, True) and pack.builds_on <= found:
                found.add(pack.info.id)
        return frozenset(found)

    def base(self, on: frozenset[str]) -> KnowledgeBase:
        """The base of the packs with these ids. Reads files unless it is all or none; raises PackError."""
        names = [pack.name for pack in self.packs if pack.info.id in on]
        if len(names) == len(self.packs):
            return self.whole
        return load_base(names) if names else no_packs()
