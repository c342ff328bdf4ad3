"""What browsing shows: experts, one expert, claims and sources, as pages of markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.escape import block, inline
from handlers.limits import paginate
from knowledge.answerer import Answerer
from knowledge.answers import Attribution
from knowledge.links import shown_link
from knowledge.model import Expert, ExpertKind, Source
from knowledge.plaintext import in_paragraph, located, quotation, reporter, speaker

PAGE = 1700
"""Characters on a page: with title and page number it fits a message's content as well as an embed."""

KINDS = {
    ExpertKind.PERSON: "person",
    ExpertKind.OFFICIAL: "official",
    ExpertKind.INSTITUTION: "institution",
    ExpertKind.OUTLET: "news outlet",
    ExpertKind.AUTHOR: "author of a source",
    ExpertKind.GROUP: "unnamed group",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list ready to be shown: a plain title, what it counts ("12 statements"), pages of markdown."""

    title: str
    count: str
    pages: tuple[str, ...]


def experts_listing(answerer: Answerer) -> Listing:
    """Everybody who says something in the base."""
    experts = answerer.base.experts.values()
    blocks = [_expert_block(answerer, expert) for expert in experts]
    return _listing("Who is heard in the base", counted(len(blocks), "voice"), blocks)


def expert_listing(answerer: Answerer, expert: Expert) -> Listing:
    """Who somebody is, and everything they say or report."""
    attributions = answerer.claims(expert=expert.id)
    blocks = ["\n".join(_portrait(answerer, expert)), *_claims(attributions)]
    if not attributions:
        blocks.append("No statement in the base comes from them.")
    return _listing(expert.name, counted(len(attributions), "statement"), blocks)


def claims_listing(answerer: Answerer, *, topic: str, expert: str, text: str) -> Listing:
    """The claims under a topic id, of an expert id and with words, whichever are given."""
    attributions = answerer.claims(topic=topic, expert=expert, text=text)
    base = answerer.base
    limits = [f"about {base.topics[topic].name}"] if topic else []
    limits += [f"from {base.experts[expert].name}"] if expert else []
    limits += [f"with “{text}”"] if text else []
    title = f"Statements {' '.join(limits)}" if limits else "All statements"
    blocks = list(_claims(attributions))
    if not blocks:
        blocks = ["Nothing in the base fits. Leave one of the options out, or use fewer or other words."]
    return _listing(title, counted(len(attributions), "statement"), blocks)


def source_listing(answerer: Answerer) -> Listing:
    """The sources, their sections, and how many claims rest on each."""
    blocks = ["\n".join(_source(answerer, source)) for source in answerer.base.sources.values()]
    return _listing("What the base rests on", counted(len(blocks), "source"), blocks)


def counted(number: int, noun: str) -> str:
    """ "1 voice", "2 voices"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listing(title: str, count: str, blocks: Iterable[str]) -> Listing:
    return Listing(title, count, tuple(paginate(blocks, PAGE)))


def _expert_block(answerer: Answerer, expert: Expert) -> str:
    number = counted(len(answerer.base.claims_of(expert.id)), "statement")
    details = " · ".join(part for part in (KINDS[expert.kind], inline(expert.credentials), number) if part)
    return f"**{inline(expert.name)}**\n{details}"


def _portrait(answerer: Answerer, expert: Expert) -> list[str]:
    lines = [
        f"*{KINDS[expert.kind].capitalize()}*" + (f" · {inline(expert.credentials)}" if expert.credentials else "")
    ]
    if expert.note:
        lines.append(block(expert.note))
    if expert.described is not None:
        place = expert.described
        source = answerer.base.sources[place.source]
        section = source.section(place.section)
        name = f"section “{section.name}”" if section.heading else section.name
        where = in_paragraph(inline(name), place.paragraph)
        lines.append(f"Introduced in “{inline(source.title)}”" + (f", {where}" if where else ""))
    return lines


def _claims(attributions: tuple[Attribution, ...]) -> Iterable[str]:
    for number, attribution in enumerate(attributions, 1):
        lines = [f"**{number}. {inline(speaker(attribution.expert))}**", inline(attribution.text)]
        if attribution.quote:
            lines.append(f"> {inline(quotation(attribution))}")
        if attribution.reported_by is not None:
            lines.append(f"*{inline(reporter(attribution))}*")
        if where := located(attributions, attribution):
            lines.append(f"📍 {inline(where)}")
        if attribution.note:
            lines.append(f"*Note: {inline(attribution.note)}*")
        yield "\n".join(lines)


def _source(answerer: Answerer, source: Source) -> list[str]:
    base = answerer.base
    claims = [claim for claim in base.claims.values() if claim.locator.source == source.id]
    lines = [f"**{inline(source.title)}**", f"By {inline(speaker(base.experts[source.author]))}"]
    if source.published:
        lines.append(f"Published {inline(source.published)}")
    elif source.period:
        lines.append(f"Date not stated; it speaks from {inline(source.period)}")
    if source.url:
        lines.append(inline(shown_link(source.url)))
    parts = [
        f"- {inline(section.name)}: "
        f"{counted(sum(claim.locator.section == section.id for claim in claims), 'statement')}"
        for section in source.sections
        if section.name
    ]
    return [*lines, f"{counted(len(claims), 'statement')} in the base{':' if parts else ''}", *parts]
