"""Knowledge packs: found by name or path, checked whole, frozen into a knowledge base.

The format is described in docs/knowledge-format.md and published as schema/pack.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from types import MappingProxyType

from knowledge.errors import PackError, Problem, listed
from knowledge.model import KnowledgeBase, PackInfo
from knowledge.pack_build import build_base, build_info, build_item
from knowledge.pack_files import KINDS, SUFFIXES, Item, PackFiles
from knowledge.pack_layers import Layers
from knowledge.pack_part import build_part
from knowledge.schema_faults import did_you_mean
from knowledge.yamltree import Path

PACKS_DIR = FilePath(__file__).parent / "packs"
"""Where the packs lie that come with Citebot, each in a folder of its name."""


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """A base together with where each of its items stands, for checks that report file and line.

    `problems` are what keeps it from being loaded: then the base has only what is well-formed by itself.
    """

    base: KnowledgeBase
    places: Mapping[tuple[str, str], Item]
    problems: tuple[Problem, ...] = ()

    def problem(self, kind: str, item_id: str, path: Path, message: str) -> Problem:
        """A problem with an item (`kind` as in the files: "claims"), at a path within it."""
        item = self.places[kind, item_id]
        return item.file.lines.problem((*item.path, *path), message)


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with Citebot, sorted."""
    return tuple(sorted(path.name for path in PACKS_DIR.iterdir() if path.is_dir() and path.name[0] not in "._"))


def find_pack(name_or_path: str) -> FilePath:
    """The folder or file of a pack: one that comes with Citebot, by name, or any path.

    Raises PackError for an unknown one, with the nearest name.
    """
    names = shipped_packs()
    if name_or_path in names:
        return PACKS_DIR / name_or_path
    try:
        path = FilePath(name_or_path).expanduser()
        if name_or_path and path.exists():
            return path
    except (OSError, ValueError, RuntimeError):
        pass  # a name that no file can have, or ~someone unknown
    hint = "check the path" if _is_path(name_or_path) else f"{did_you_mean(name_or_path, names)} (a path works too)"
    raise PackError([Problem(name_or_path or "(no name)", 0, "", f"there is no such pack: {hint}")])


def load_pack(path: FilePath) -> KnowledgeBase:
    """Read, check and freeze the pack in a folder (all .yaml files below it) or a single file.

    Raises PackError with the first problems found.
    """
    return open_pack(path).base


def load_base(names: Sequence[str]) -> KnowledgeBase:
    """Load packs by name or path and merge them, in the order given.

    Each pack must be whole by itself, or with the packs before it that it builds on; ids, questions and
    names must not clash between them.
    Raises PackError with the first problems found.
    """
    if not names:
        raise PackError([Problem("packs", 0, "", "no pack is named: name at least one")])
    paths = dict.fromkeys(find_pack(name).resolve() for name in names)
    return _open([PackFiles(path) for path in paths]).base


def open_pack(path: FilePath) -> OpenedPack:
    """Like `load_pack`, but keeps where each item stands. Raises PackError with the first problems found."""
    return _open([PackFiles(path)])


def open_to_check(paths: Sequence[FilePath]) -> OpenedPack:
    """Packs merged in the order given, even where they have problems: what is well-formed can still be compared."""
    packs = [PackFiles(path) for path in dict.fromkeys(path.resolve() for path in paths)]
    layers = Layers(packs)
    problems = _problems(packs, layers)
    if not problems:
        return _built(packs, layers)
    base, places = build_part(layers.items)
    return OpenedPack(base, MappingProxyType(places), problems)


def _open(packs: Sequence[PackFiles]) -> OpenedPack:
    layers = Layers(packs)
    if problems := _problems(packs, layers):
        raise PackError(problems)
    return _built(packs, layers)


def _problems(packs: Sequence[PackFiles], layers: Layers) -> tuple[Problem, ...]:
    problems = [problem for pack in packs for problem in pack.problems] + layers.problems
    return listed(sorted(dict.fromkeys(problems)))


def _built(packs: Sequence[PackFiles], layers: Layers) -> OpenedPack:
    things = {kind: [build_item(p.item, p.pack.only_source) for p in layers.items[kind]] for kind in KINDS}
    base = build_base(_info([build_info(pack.heads[0]) for pack in packs]), things)
    places = {(kind, placed.item.id): placed.item for kind in KINDS for placed in layers.items[kind]}
    return OpenedPack(base, MappingProxyType(places))


def _info(infos: Sequence[PackInfo]) -> PackInfo:
    if len(infos) == 1:
        return infos[0]
    return PackInfo(
        id="-".join(info.id for info in infos),
        title=" · ".join(info.title for info in infos),
        about="; ".join(info.about.rstrip(".") for info in infos),
        examples=tuple(example for info in infos for example in info.examples),
    )


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith(SUFFIXES)
