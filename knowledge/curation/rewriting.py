"""An item as texts in forms, and what people make of these: a body again, or what is wrong field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.curation.bodies import ItemProblem, things_of
from knowledge.curation.changing import reword, statements_along
from knowledge.curation.form import FieldProblem
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Overlay
from knowledge.curation.merging import Ground, new_problems
from knowledge.curation.searching import search
from knowledge.curation.sheets import SHEETS, Field, Shape
from knowledge.curation.wording import lines, new_id, one_line, read_place, spoken_list, tidy
from knowledge.model import KnowledgeBase, Section
from knowledge.pack_rules import QUOTE_MARKS, squash

Texts = Mapping[str, str]
"""What stands in the fields of all sheets of an item, by the fields' names."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of the texts: the edit to save with the base that follows, or what is wrong.

    `along` are edits of statements that said what the answer did, and are to go on doing so.
    """

    edit: Edit
    base: KnowledgeBase
    problems: tuple[FieldProblem, ...] = ()
    along: tuple[Edit, ...] = ()


def texts_of(base: KnowledgeBase, kind: ItemKind, body: Body) -> dict[str, str]:
    """What stands in the fields before anybody types."""
    return {field.name: _shown(base, field, body) for sheet in SHEETS[kind] for field in sheet.fields}


def rewritten(
    ground: Ground, overlay: Overlay, key: ItemKey, seen: Body, texts: Texts, *, based_on: int | None = None
) -> Rewritten:
    """The edit that makes of an item what its texts say. Nothing is saved; raises nothing.

    `seen` is the body that the texts come from, `based_on` the number of its revision, the newest if not given.
    What no form shows stays as it was. Takes tens of milliseconds of CPU: call it off the event loop.
    """
    base = ground.merge(overlay).base
    body, problems = _body(base, key.kind, seen, texts)
    edit = reword(overlay, key, body, based_on=based_on)
    along: tuple[Edit, ...] = ()
    if key.kind is ItemKind.ENTRY:
        along = statements_along(overlay, base, key.id, seen, edit.body or {})
    merged, found = new_problems(ground, overlay, (edit, *along))
    first: dict[str, FieldProblem] = {}
    for problem in (*problems, *(_at_field(key, found_one) for found_one in found)):
        first.setdefault(problem.field, problem)
    return Rewritten(edit, merged.base, tuple(first.values()), along)


def label_of(kind: ItemKind, field: str) -> str:
    """What people call a field."""
    return next((f.label for sheet in SHEETS[kind] for f in sheet.fields if f.name == field), field)


def _shown(base: KnowledgeBase, field: Field, body: Body) -> str:
    value: Any = body.get(field.name)
    match field.shape:
        case Shape.LIST | Shape.SOME:
            return "\n".join(value or ())
        case Shape.FLAG:
            return "yes" if value else "no"
        case Shape.PARTS:
            return "\n".join(section["title"] for section in value or ())
        case Shape.PLACE:
            source = base.sources.get(body.get("source", ""))
            sections = {section.id: section.title for section in source.sections} if source else {}
            part = str(sections.get(body.get("section", ""), body.get("section", "")))
            return f"{part}, paragraph {body['paragraph']}" if body.get("paragraph") else part
        case _:
            return str(value or "")


def _body(
    base: KnowledgeBase, kind: ItemKind, seen: Body, texts: Texts
) -> tuple[dict[str, Any], tuple[FieldProblem, ...]]:
    body: dict[str, Any] = dict(seen)
    problems: list[FieldProblem] = []
    before = texts_of(base, kind, seen)
    for sheet in SHEETS[kind]:
        for field in sheet.fields:
            typed = texts.get(field.name, before[field.name])
            # A place is read anew where the source is another one.
            moved = field.shape is Shape.PLACE and body.get("source") != seen.get("source")
            if typed == before[field.name] and not moved:
                continue
            problems += _read(base, field, typed, body)
            if field.needed and not body.get(field.name):
                problems.append(FieldProblem(field.name, "is empty: it cannot do without"))
    return {name: value for name, value in body.items() if value}, tuple(problems)


def _read(base: KnowledgeBase, field: Field, typed: str, body: dict[str, Any]) -> Iterator[FieldProblem]:
    """Put what was typed into the body. Says what cannot be read."""
    name = field.name
    match field.shape:
        case Shape.LIST:
            body[name] = [text for text in lines(typed) if name != "phrasings" or squash(text) != _question(body)]
        case Shape.FLAG:
            body[name] = typed == "yes"
        case Shape.ONE:
            found = _named(base, field, one_line(typed))
            body[name] = found.id or one_line(typed)
            yield from found.problems
        case Shape.SOME:
            named = [_named(base, field, text) for text in lines(typed)]
            body[name] = [*dict.fromkeys(one.id for one in named if one.id)]
            yield from (problem for one in named for problem in one.problems)
        case Shape.PARTS:
            body[name] = _parts(typed, body.get(name, ()))
        case Shape.PLACE:
            yield from _place(base, typed, body)
        case Shape.TEXT:
            text = tidy(typed) if name == "answer" else one_line(typed)
            body[name] = text.strip(QUOTE_MARKS) if name == "quote" else text
        case _:
            body[name] = one_line(typed)


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    problems: tuple[FieldProblem, ...] = ()


def _named(base: KnowledgeBase, field: Field, typed: str) -> _Named:
    """The item that an id, or the whole or the beginning of what people call it, stands for."""
    if field.of is None or not typed:
        return _Named("")
    if typed in things_of(base, field.of):
        return _Named(typed)
    near = search(base, field.of, typed, 25)
    wanted = squash(typed)
    same = [found for found in near if squash(found.label) == wanted]
    begun = same or [found for found in near if len(wanted) > 3 and squash(found.label).startswith(wanted)]
    if len(begun) == 1:
        return _Named(begun[0].key.id)
    hint = f": did you mean {spoken_list(f'“{found.label}” ({found.key.id})' for found in near[:2])}?" if near else ""
    return _Named("", (FieldProblem(field.name, f"“{typed}” is not there{hint or ': choose one that is'}"),))


def _parts(typed: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A source's parts by their titles: known ones stay what they are, reworded ones too, others are added."""
    titles = lines(typed)
    known = {squash(part["title"]): part for part in before}
    wanted = {squash(title) for title in titles}
    # Where as many are left, one whose title is gone is the one that stands in its place now.
    reworded = {i: part for i, part in enumerate(before) if squash(part["title"]) not in wanted}
    taken = {part["id"] for part in before}
    parts: list[dict[str, Any]] = []
    for index, title in enumerate(titles):
        part = known.get(squash(title)) or (reworded.get(index) if len(titles) == len(before) else None)
        if part is None:
            part = {"id": new_id(title, taken, "part")}
            taken.add(part["id"])
        parts.append({**part, "title": title})
    return parts


def _place(base: KnowledgeBase, typed: str, body: dict[str, Any]) -> Iterator[FieldProblem]:
    source = base.sources.get(body.get("source", ""))
    if source is None:
        return  # what is wrong with the source is told there
    part, paragraph = read_place(typed)
    found = source.sections[0] if not part and len(source.sections) == 1 else _section(source.sections, part)
    if found is None:
        named = spoken_list(f"“{section.title}”" for section in source.sections[:12])
        yield FieldProblem("place", f"say which part of “{source.title}” it stands in: {named}")
        return
    body["section"], body["paragraph"] = found.id, paragraph


def _section(sections: tuple[Section, ...], part: str) -> Section | None:
    wanted = squash(part)
    return next((s for s in sections if part and wanted in (squash(s.title), squash(s.id))), None)


def _question(body: Body) -> str:
    return squash(str(body.get("question", "")))


_PLACES = {"section": "place", "paragraph": "place"}


def _at_field(key: ItemKey, problem: ItemProblem) -> FieldProblem:
    """A problem with an item, told at the field that it comes from; one with another item at none."""
    if problem.key != key:
        return FieldProblem("", str(problem))
    name = str(problem.path[0]) if problem.path else ""
    index = problem.path[-1] if len(problem.path) > 1 else ""
    number = f"no. {index + 1} " if isinstance(index, int) else ""
    return FieldProblem(_PLACES.get(name, name), f"{number}{problem.message}")
