"""Changes of what is already there: worded anew, given phrasings, retired and brought back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from knowledge.curation.bodies import body_in, canonical, checked, things_of
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Overlay, Revision, State
from knowledge.curation.merging import Ground
from knowledge.curation.wording import MAX_CLAIM, new_id, one_line
from knowledge.model import KnowledgeBase
from knowledge.pack_rules import squash


def body_now(ground: Ground, overlay: Overlay, key: ItemKey) -> Body | None:
    """An item's body as it holds for the server, its own or the packs'; None where it has no such item."""
    return body_at(ground, key, overlay.revisions.get(key))


def body_at(ground: Ground, key: ItemKey, revision: Revision | None) -> Body | None:
    """An item's body as it held with a revision; with None, before its first, as the packs have it."""
    if revision is None or revision.state is State.INHERITED:
        return ground.body(key)
    return revision.body if revision.state is State.LIVE else None


def reword(overlay: Overlay, key: ItemKey, body: Body, *, based_on: int | None = None) -> Edit:
    """The edit that gives an item another body; of a pack's item it makes one of the server's own.

    `based_on` is the revision that the moderator saw, the newest if not given. What is wrong with it is
    for `new_problems` to say.
    """
    if not checked({key: body})[1]:
        body = canonical(key, body)
    return Edit(key.kind, key.id, overlay.number(key) if based_on is None else based_on, State.LIVE, body)


def statements_along(overlay: Overlay, base: KnowledgeBase, entry: str, before: Body, after: Body) -> tuple[Edit, ...]:
    """Edits of those statements of the server's own that said just what an entry's answer did: they go along with it.

    One that quotes, or that another entry rests on too, stays as it is; so do all where the answer is too long for one.
    """
    old, new = one_line(str(before.get("answer", ""))), one_line(str(after.get("answer", "")))
    if squash(old) == squash(new) or len(new) > MAX_CLAIM:
        return ()
    elsewhere = {claim for other in base.entries.values() if other.id != entry for claim in other.claims}
    edits: list[Edit] = []
    for claim in after.get("claims", ()):
        key = ItemKey(ItemKind.CLAIM, claim)
        body = overlay.body(key)
        if body and claim not in elsewhere and not body.get("quote") and squash(str(body.get("text"))) == squash(old):
            edits.append(reword(overlay, key, {**body, "text": new}))
    return tuple(edits)


def with_phrasings(ground: Ground, overlay: Overlay, entry: str, texts: Iterable[str]) -> tuple[Edit, ...]:
    """The edit that gives an entry more phrasings, none where it has them all. Raises KeyError for an unknown entry."""
    key = ItemKey(ItemKind.ENTRY, entry)
    body = body_now(ground, overlay, key)
    if body is None:
        raise KeyError(entry)
    phrasings: list[str] = [*body.get("phrasings", ())]
    known = {squash(text) for text in (body["question"], *phrasings)}
    for text in map(one_line, texts):
        if text and squash(text) not in known:
            known.add(squash(text))
            phrasings.append(text)
    if len(phrasings) == len(body.get("phrasings", ())):
        return ()
    return (reword(overlay, key, {**body, "phrasings": phrasings}),)


def accept_phrasings(ground: Ground, overlay: Overlay, accepted: Mapping[str, Sequence[str]]) -> tuple[Edit, ...]:
    """Edits that give entries, by id, more phrasings and keep each of these as a golden question.

    Many can be accepted in one change. Raises KeyError for an unknown entry.
    """
    edits = [edit for entry, texts in accepted.items() for edit in with_phrasings(ground, overlay, entry, texts)]
    asked = {text: entry for entry, texts in accepted.items() for text in texts}
    return (*edits, *golden_questions(ground.merge(overlay).base, overlay, asked))


def golden_questions(base: KnowledgeBase, overlay: Overlay, asked: Mapping[str, str]) -> tuple[Edit, ...]:
    """Edits that keep questions, each with the id of the entry that has to answer it, or "" for none.

    A question that is kept already is kept once.
    """
    taken = {*base.golden, *(key.id for key in overlay.revisions if key.kind is ItemKind.GOLDEN)}
    known = {squash(golden.question) for golden in base.golden.values()}
    edits: list[Edit] = []
    for text, entry in asked.items():
        question = one_line(text)
        if not squash(question) or squash(question) in known:
            continue
        known.add(squash(question))
        golden = new_id(question, taken, "golden")
        taken.add(golden)
        body: dict[str, Any] = {"question": question, **({"entry": entry} if entry else {})}
        edits.append(Edit(ItemKind.GOLDEN, golden, 0, State.LIVE, body))
    return tuple(edits)


def retire(ground: Ground, overlay: Overlay, key: ItemKey) -> tuple[Edit, ...]:
    """Edits that take an item away, hiding it where a pack has it. Nothing for what is not there.

    With an entry go its golden questions, and those claims of the server's own that no other entry rests
    on: they would go on being answered.
    """
    base = ground.merge(overlay).base
    if key.id not in things_of(base, key.kind):
        return ()
    keys = [key, *(_going_along(ground, base, key.id) if key.kind is ItemKind.ENTRY else ())]
    return tuple(Edit(k.kind, k.id, overlay.number(k), State.RETIRED) for k in keys)


def _going_along(ground: Ground, base: KnowledgeBase, entry: str) -> Iterator[ItemKey]:
    kept = {claim for other in base.entries.values() if other.id != entry for claim in other.claims}
    for claim in base.entries[entry].claims:
        key = ItemKey(ItemKind.CLAIM, claim)
        if claim not in kept and not ground.has(key):
            yield key
    yield from (ItemKey(ItemKind.GOLDEN, g.id) for g in base.golden.values() if g.entry == entry)


def dependants(base: KnowledgeBase, key: ItemKey) -> tuple[ItemKey, ...]:
    """The items that cannot do without this one: retire or change them first."""
    found: list[ItemKey] = []
    for kind in ItemKind:
        for other in things_of(base, kind):
            body = body_in(base, ItemKey(kind, other)) or {}
            if key.id in needed(kind, body).get(key.kind, ()):
                found.append(ItemKey(kind, other))
    return tuple(found)


def needed(kind: ItemKind, body: Body) -> Mapping[ItemKind, tuple[str, ...]]:
    """The ids that an item cannot do without, by kind."""
    match kind:
        case ItemKind.SOURCE:
            return {ItemKind.EXPERT: (body.get("author", ""),)}
        case ItemKind.EXPERT:
            return {ItemKind.SOURCE: (body.get("described", {}).get("source", ""),)}
        case ItemKind.CLAIM:
            experts = (body.get("expert", ""), body.get("reported_by", ""))
            return {ItemKind.EXPERT: experts, ItemKind.SOURCE: (body.get("source", ""),)}
        case ItemKind.ENTRY:
            return {ItemKind.CLAIM: tuple(body.get("claims", ()))}
        case _:
            return {}
