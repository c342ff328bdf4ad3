"""An answer as Discord shows it: an embed, or the same in plain text where embeds are not allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import discord

from handlers import limits
from handlers.components import reply_view
from handlers.escape import block, inline, plain
from handlers.limits import cut
from knowledge.answers import Answer, Attribution, Outcome
from knowledge.plaintext import (
    SURENESS_LABEL,
    located,
    plain_text,
    quotation,
    repeats_body,
    reporter,
    source_lines,
    speaker,
    understood_line,
)

COLOURS = {
    Outcome.ANSWER: 0x2F6FB0,
    Outcome.SUGGEST: 0xC98A1B,
    Outcome.ABSTAIN: 0x7D8590,
    Outcome.CHITCHAT: 0x3F9C6B,
}
PAGE = 1800
"""Characters on one page of the sources: it fits a message's content as well as an embed."""

REST = "… The rest is behind *Sources*."
_RESERVE = 200
"""Characters kept free in an embed for the line that says how much more there is."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be sent: either an embed or text, and what hangs under it."""

    content: str
    embed: discord.Embed | None
    view: discord.ui.View


def render(
    answer: Answer,
    *,
    embeds: bool,
    lead: str = "",
    heading: str = "",
    removable: bool = True,
    correctable: bool = True,
) -> Rendered:
    """`lead` goes before the answer and may mention somebody; `heading` is a line of other people's words."""
    view = reply_view(answer, removable=removable, correctable=correctable)
    if embeds:
        return Rendered(lead, embed_of(answer, heading=heading), view)
    # The select shows what is related and the buttons what is suggested: the words are for the answer.
    spoken = replace(answer, related=(), suggestions=answer.suggestions if _long_suggestions(answer) else ())
    text = "\n\n".join(part for part in (lead, inline(heading), block(plain_text(spoken), lists=True)) if part)
    mark = REST if answer.attributions else "…"
    return Rendered(cut(text, limits.MESSAGE_CONTENT, mark=mark), None, view)


def embed_of(answer: Answer, *, heading: str = "") -> discord.Embed:
    """The reply as one embed within Discord's limits; what does not fit is behind *Sources*."""
    embed = discord.Embed(colour=COLOURS[answer.outcome])
    if heading:
        embed.set_author(name=cut(plain(heading), limits.EMBED_AUTHOR))
    if answer.title:
        embed.title = cut(inline(answer.title), limits.EMBED_TITLE)
    notes = [_note(understood_line(answer)), _note(answer.besides)]
    parts = [*notes, block(answer.body), _note(answer.caveat), _long_suggestions(answer)]
    embed.description = cut("\n\n".join(part for part in parts if part), limits.EMBED_DESCRIPTION)
    if answer.sureness:
        embed.set_footer(text=cut(f"{SURENESS_LABEL}: {plain(answer.sureness)}", limits.EMBED_FOOTER))
    _add_claims(embed, answer)
    return embed


def source_pages(answer: Answer) -> list[str]:
    """The full list behind *Sources*, in pages of markdown: the answer, every claim in full, every source."""
    blocks = [f"**{inline(answer.title)}**\n{block(answer.body)}"]
    for number, attribution in enumerate(answer.attributions, start=1):
        who = f"**{number}. {inline(speaker(attribution.expert))}**"
        blocks.append("\n".join([who, *_claim(answer, attribution)]))
    if answer.caveat:
        blocks.append(f"*{inline(answer.caveat)}*")
    blocks += [f"**Source:** {inline(line)}" for line in source_lines(answer.attributions)]
    return limits.paginate(blocks, PAGE)


def _add_claims(embed: discord.Embed, answer: Answer) -> None:
    """A field a claim and one for the sources, as far as they fit."""
    if not answer.attributions:
        return
    sources = cut("\n".join(inline(line) for line in source_lines(answer.attributions)), limits.EMBED_FIELD_VALUE)
    room = limits.EMBED_TOTAL - len(sources) - _RESERVE
    shown = 0
    for attribution in answer.attributions:
        name = cut(inline(speaker(attribution.expert)), limits.EMBED_FIELD_NAME)
        value = _fitted(answer, attribution)
        # Two fields stay free: the line about the rest, and the sources.
        if len(embed) + len(name) + len(value) > room or len(embed.fields) >= limits.EMBED_FIELDS - 2:
            break
        embed.add_field(name=name, value=value, inline=False)
        shown += 1
    if rest := len(answer.attributions) - shown:
        more = "1 more statement" if rest == 1 else f"{rest} more statements"
        embed.add_field(name="…", value=f"{more}: press *Sources*.", inline=False)
    embed.add_field(name="Source" if "\n" not in sources else "Sources", value=sources, inline=False)


def _claim(answer: Answer, attribution: Attribution, *, text: str | None = None) -> list[str]:
    """A claim's lines: its words (never in quotation marks), the source's own quotation, who passed it on, where."""
    words = attribution.text if text is None else text
    lines = ["" if repeats_body(answer, attribution) else inline(words)]
    if attribution.quote:
        lines.append(f"> {inline(quotation(attribution))}")
    if attribution.reported_by is not None:
        lines.append(f"*{inline(reporter(attribution))}*")
    if where := located(answer.attributions, attribution):
        lines.append(f"📍 {inline(where)}")
    if attribution.note:
        lines.append(f"*Note: {inline(attribution.note)}*")
    # Discord takes no empty field: what is said in the answer's words, no part named, stands in its source.
    return [line for line in lines if line] or [f"📍 “{inline(attribution.source.title)}”"]


def _fitted(answer: Answer, attribution: Attribution) -> str:
    """A claim within one field. Where it is too long, the longest part is cut: never who or where."""
    lines = _claim(answer, attribution)
    while (over := sum(len(line) + 1 for line in lines) - 1 - limits.EMBED_FIELD_VALUE) > 0:
        longest = max(range(len(lines)), key=lambda index: len(lines[index]))
        line = lines[longest]
        # What closes the line (a quotation mark, italics) stays after the cut.
        closing = "…”" if line.endswith("”") else "…*" if line.endswith("*") else "…"
        lines[longest] = cut(line, max(len(line) - over, 40), mark=closing)
    return "\n".join(lines)


def _note(line: str) -> str:
    return f"*{inline(line)}*" if line else ""


def _long_suggestions(answer: Answer) -> str:
    """Suggested questions in full, where a button's label cannot hold them."""
    questions = [suggestion.question for suggestion in answer.suggestions]
    if all(len(question) <= limits.BUTTON_LABEL for question in questions):
        return ""
    return "\n".join(f"{number}. {inline(question)}" for number, question in enumerate(questions, start=1))
