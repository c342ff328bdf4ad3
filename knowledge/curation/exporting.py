"""A server's own knowledge as one YAML text in the pack format, the same bytes for the same knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, cast

import yaml

from knowledge.curation.bodies import PLURAL, canonical, checked
from knowledge.curation.items import Body, ItemKey, ItemKind, Overlay, State
from knowledge.curation.merging import Ground, no_packs
from knowledge.packset import PackSet

PACK_ID = "server"
"""The id that an exported pack has until somebody gives it another."""

_HEAD = """\
# The knowledge of one server, as exported. The keys are explained in docs/knowledge-format.md.
"""
_WIDTH = 110
_REFERENCES: Mapping[str, ItemKind] = MappingProxyType(
    {
        "source": ItemKind.SOURCE,
        "author": ItemKind.EXPERT,
        "expert": ItemKind.EXPERT,
        "reported_by": ItemKind.EXPERT,
        "entry": ItemKind.ENTRY,
        "claims": ItemKind.CLAIM,
        "topics": ItemKind.TOPIC,
        "related": ItemKind.ENTRY,
    }
)


def export_of(packs: PackSet, switched: Mapping[str, bool], overlay: Overlay) -> str:
    """All that a server has of its own, where packs are switched on and off by id; see `export_yaml`.

    What it has worded anew or hidden of a pack that is switched off goes along as that. Reads files where packs are
    off; raises PackError.
    """
    on, every = packs.on(switched), Ground(packs.whole)
    if len(on) < len(packs.packs):
        below = Ground(packs.base(on))
        if any(every.has(key) and not below.has(key) for key in overlay.revisions):
            on = frozenset(pack.info.id for pack in packs.packs)
    return export_yaml(every, overlay, builds_on=[pack.info.id for pack in packs.packs if pack.info.id in on])


def export_yaml(ground: Ground, overlay: Overlay, *, builds_on: Sequence[str] = ()) -> str:
    """All that a server has of its own: sources, experts, topics, claims, entries, gaps and golden questions.

    Its wordings of the packs' items stand under `overrides`, what it has hidden of them under `hidden`.
    `builds_on` are the ids of the packs that are switched on; they are named where the text needs them.
    """
    live = {key: body for key in sorted(overlay.revisions) if (body := overlay.body(key)) is not None}
    faulty = {problem.key for problem in checked(live)[1]}
    bodies = {key: _plain(body) if key in faulty else canonical(key, body) for key, body in live.items()}
    own = {key: body for key, body in bodies.items() if not ground.has(key)}
    overrides = {key: body for key, body in bodies.items() if ground.has(key)}
    hidden = [key for key in sorted(overlay.revisions) if overlay.state(key) is State.RETIRED and ground.has(key)]
    info = no_packs().info
    head: dict[str, Any] = {"id": PACK_ID, "title": info.title, "about": info.about}
    if overrides or hidden or _leans_on_packs(ground, [body for key, body in own.items() if key not in faulty]):
        head["builds_on"] = [*builds_on]
    data: dict[str, Any] = {"pack": {key: value for key, value in head.items() if value}}
    data |= _by_kind(own)
    data["overrides"] = _by_kind(overrides)
    data["hidden"] = {PLURAL[kind]: ids for kind in ItemKind if (ids := [key.id for key in hidden if key.kind is kind])}
    return _HEAD + "".join(f"\n{_dump({key: value})}" for key, value in data.items() if value)


def _by_kind(bodies: Mapping[ItemKey, Body]) -> dict[str, list[dict[str, Any]]]:
    of_kind = {
        plural: [{"id": key.id, **body} for key, body in bodies.items() if key.kind is kind]
        for kind, plural in PLURAL.items()
    }
    return {plural: items for plural, items in of_kind.items() if items}


def _leans_on_packs(ground: Ground, bodies: Iterable[Body]) -> bool:
    """Whether the server's own items refer to something of the packs."""
    return any(ground.has(ItemKey(kind, name)) for body in bodies for kind, name in _references(body))


def _references(body: Body) -> Iterator[tuple[ItemKind, str]]:
    for key, kind in _REFERENCES.items():
        named: str | Sequence[str] = body.get(key, ())
        yield from ((kind, name) for name in ([named] if isinstance(named, str) else named))
    if described := body.get("described"):
        yield from _references(cast("Body", described))


def _plain(value: Any) -> Any:
    """A body that does not fit the format, with its keys in an order that does not depend on where it was kept."""
    if isinstance(value, Mapping):
        keys = cast("Mapping[str, Any]", value)
        return {key: _plain(keys[key]) for key in sorted(keys)}
    return [_plain(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, long texts folded, texts of several lines as they are."""

    yaml_representers: ClassVar[dict[Any, Any]] = {**yaml.SafeDumper.yaml_representers, str: _text}

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dump(data: Mapping[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH)
