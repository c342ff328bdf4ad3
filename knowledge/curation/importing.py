"""Knowledge brought in as one YAML text: first what it would do, then all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import Any, cast

from knowledge.curation.bodies import PLURAL, SINGULAR, ItemProblem, canonical
from knowledge.curation.items import Body, Edit, ItemKey, Overlay, State
from knowledge.curation.merging import Ground, new_problems
from knowledge.errors import Problem, listed
from knowledge.model import KnowledgeBase
from knowledge.pack_files import SCHEMA_FILE, Item
from knowledge.schema_faults import first_faults
from knowledge.yamlfile import CheckedFile, Lines
from knowledge.yamltree import Fault, Path, Tree, as_mapping, line_of, parse_tree, show_path

MAX_BYTES = 8_000_000
"""The largest text that is read, in bytes; Discord takes attachments up to about this size."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do, by item, and the edits that do it.

    `hidden` are the packs' and hidden by it, `returning` were retired here. `only_here` are the server's own
    items that the text does not have; they stay as they are, or are among the edits where the text is to
    replace all. `base` is the server's base as it would be. With conflicts there are no edits: all or nothing.
    """

    new: tuple[ItemKey, ...] = ()
    changed: tuple[ItemKey, ...] = ()
    hidden: tuple[ItemKey, ...] = ()
    returning: tuple[ItemKey, ...] = ()
    unchanged: tuple[ItemKey, ...] = ()
    only_here: tuple[ItemKey, ...] = ()
    conflicts: tuple[Problem, ...] = ()
    edits: tuple[Edit, ...] = ()
    base: KnowledgeBase | None = None


@dataclass(slots=True)
class _Wanted:
    """What a text says of one item, and where in the text."""

    state: State
    body: Body | None
    path: Path


@dataclass(slots=True)
class _Text:
    """A text as read."""

    file: CheckedFile
    wanted: dict[ItemKey, _Wanted] = field(default_factory=dict[ItemKey, _Wanted])
    problems: list[Problem] = field(default_factory=list[Problem])


def dry_run(
    raw: bytes, ground: Ground, overlay: Overlay, *, name: str = "import.yaml", replace: bool = False
) -> DryRun:
    """What importing a YAML text in the pack format would do; `name` stands for it in problems.

    With `replace`, what the text does not have goes: the server then has what the text says, nothing else.
    """
    text = _read(raw, name)
    if not text.problems:
        _collect(text, ground)
    if text.problems:
        return DryRun(conflicts=listed(sorted(dict.fromkeys(text.problems))))
    result = _compare(text.wanted, ground, overlay, replace=replace)
    merged, found = new_problems(ground, overlay, result.edits)
    if found:
        conflicts = {_in_text(text, problem) for problem in found}
        ordered = sorted(conflicts, key=lambda problem: (problem.line, str(problem)))
        return changed(result, conflicts=listed(ordered), edits=())
    return changed(result, base=merged.base)


def _read(raw: bytes, name: str) -> _Text:
    tree = Tree()
    if len(raw) > MAX_BYTES:
        tree.faults.append(Fault((), 0, f"is larger than {MAX_BYTES:,} bytes: split it"))
    else:
        try:
            tree = parse_tree(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            tree.faults.append(Fault((), line, "is not UTF-8 text: save the file in the encoding UTF-8"))
    if not tree.faults:
        if tree.data is None:
            tree.data = {}
        if isinstance(tree.data, dict):
            tree.faults += first_faults(tree, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
        else:
            tree.faults.append(Fault((), line_of(tree.lines, ()), "must consist of keys (key: value) at its top"))
    problems = [Problem(name, fault.line, show_path(tree.data, fault.path), fault.message) for fault in tree.faults]
    return _Text(CheckedFile(as_mapping(tree.data), Lines(name, tree)), problems=problems)


def _collect(text: _Text, ground: Ground) -> None:
    """The items of a text, each told apart as new here, another wording of a pack's, or one to be hidden."""
    data = text.file.data
    sources = cast("list[dict[str, Any]]", data.get("sources", []))
    only_source = str(sources[0]["id"]) if len(sources) == 1 else ""
    for plural, path, item in _items(text.file, data, ()):
        key = ItemKey(SINGULAR[plural], item.id)
        _want(text, key, _Wanted(State.LIVE, _body(key, item.data, only_source), path))
        if ground.has(key):
            message = f"a pack here has '{key.id}': put it under 'overrides' to word it anew, or choose another id"
            _tell(text, (*path, "id"), message)
    for plural, path, item in _items(text.file, data.get("overrides", {}), ("overrides",)):
        key = ItemKey(SINGULAR[plural], item.id)
        _want(text, key, _Wanted(State.LIVE, _body(key, item.data, only_source), path))
        if not ground.has(key):
            _tell(text, (*path, "id"), _NOTHING_BELOW.format(key.id))
    for plural, ids in cast("dict[str, list[str]]", data.get("hidden", {})).items():
        for index, item_id in enumerate(ids):
            key, path = ItemKey(SINGULAR[plural], item_id), ("hidden", plural, index)
            _want(text, key, _Wanted(State.RETIRED, None, path))
            if not ground.has(key):
                _tell(text, path, _NOTHING_BELOW.format(key.id))


_NOTHING_BELOW = "no pack that is switched on here has '{}': switch the pack on, or take this out"


def _items(file: CheckedFile, data: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Path, Item]]:
    for plural in PLURAL.values():
        for index, item in enumerate(cast("list[dict[str, Any]]", data.get(plural, []))):
            at = (*path, plural, index)
            yield plural, at, Item(plural, file, at, item)


def _body(key: ItemKey, data: Mapping[str, Any], only_source: str) -> dict[str, Any]:
    """An item as the server keeps it: a place always names its source."""
    body = {name: value for name, value in data.items() if name != "id"}
    if key.kind.value == "claim" and only_source:
        body.setdefault("source", only_source)
    if "described" in body and only_source:
        body["described"] = {"source": only_source, **body["described"]}
    return canonical(key, body)


def _want(text: _Text, key: ItemKey, wanted: _Wanted) -> None:
    first = text.wanted.setdefault(key, wanted)
    if first is not wanted:
        line = text.file.lines.line(*first.path)
        _tell(text, wanted.path, f"'{key.id}' stands in this file already, on line {line}: keep one")


def _tell(text: _Text, path: Path, message: str) -> None:
    text.problems.append(text.file.lines.problem(path, message))


def _compare(wanted: Mapping[ItemKey, _Wanted], ground: Ground, overlay: Overlay, *, replace: bool) -> DryRun:
    found: dict[str, list[ItemKey]] = {"new": [], "changed": [], "hidden": [], "returning": [], "unchanged": []}
    edits: list[Edit] = []
    for key, want in wanted.items():
        fate = _fate(key, want, ground, overlay)
        found[fate].append(key)
        if fate != "unchanged":
            edits.append(Edit(key.kind, key.id, overlay.number(key), want.state, want.body))
    only_here = tuple(key for key in sorted(overlay.revisions) if key not in wanted and _stands(key, ground, overlay))
    if replace:
        for key in only_here:
            state = State.INHERITED if ground.has(key) else State.RETIRED
            edits.append(Edit(key.kind, key.id, overlay.number(key), state))
    return DryRun(
        new=tuple(found["new"]),
        changed=tuple(found["changed"]),
        hidden=tuple(found["hidden"]),
        returning=tuple(found["returning"]),
        unchanged=tuple(found["unchanged"]),
        only_here=only_here,
        edits=tuple(edits),
    )


def _fate(key: ItemKey, want: _Wanted, ground: Ground, overlay: Overlay) -> str:
    state = overlay.state(key)
    if want.state is State.RETIRED:
        return "unchanged" if state is State.RETIRED else "hidden"
    if state is State.RETIRED:
        return "returning"
    if state is State.INHERITED:
        return "changed" if ground.has(key) else "new"
    return "unchanged" if dict(overlay.body(key) or {}) == want.body else "changed"


def _stands(key: ItemKey, ground: Ground, overlay: Overlay) -> bool:
    """Whether a server has something of its own to say of an item: its words, or that a pack's is hidden."""
    state = overlay.state(key)
    return state is State.LIVE or (state is State.RETIRED and ground.has(key))


def _in_text(text: _Text, problem: ItemProblem) -> Problem:
    """A problem with an item at its line of the text, where it comes from there."""
    want = text.wanted.get(problem.key)
    return text.file.lines.problem((*want.path, *problem.path), problem.message) if want else problem
