"""A reply as plain text: for the terminal's batch mode, and for channels where embeds are not allowed.

The small phrases here (who speaks, where a claim stands) are the ones that embeds use as well.
"""

from __future__ import annotations

from knowledge.answers import Answer, Attribution, Outcome, Suggestion
from knowledge.links import shown_link
from knowledge.model import Expert

SURENESS_LABEL = "How sure"


def plain_text(answer: Answer) -> str:
    """The whole reply: question understood, answer, each claim with its voice and place, source, sureness."""
    blocks = [
        answer.title,
        understood_line(answer),
        answer.besides,
        answer.body,
        "\n".join(f"- {claim_line(answer, attribution)}" for attribution in answer.attributions),
        answer.caveat,
        "\n".join(f"Source: {line}" for line in source_lines(answer.attributions)),
        f"{SURENESS_LABEL}: {answer.sureness}" if answer.sureness else "",
        _listed("You could also ask:" if answer.outcome is not Outcome.SUGGEST else "", answer.suggestions),
        _listed("Related questions:", answer.related),
    ]
    return "\n\n".join(block for block in blocks if block)


def understood_line(answer: Answer) -> str:
    """For a fuzzy match, which question it was taken for; else empty."""
    if not answer.understood:
        return ""
    if answer.understood == answer.title:
        return "That is how I understood your question."
    return f"I understood your question as: {answer.understood}"


def speaker(expert: Expert) -> str:
    """Who it is, with role and affiliation: "Kadri Liik, senior policy fellow, …"."""
    return ", ".join(part for part in (expert.name, expert.credentials) if part)


def reporter(attribution: Attribution) -> str:
    """Through whom the claim comes, where the source says so: "reported by Xinhua"; else empty."""
    return f"reported by {speaker(attribution.reported_by)}" if attribution.reported_by else ""


def place(attribution: Attribution) -> str:
    """Section and, where it has numbered ones, paragraph; empty where neither is named.

    Only a source's own heading stands in quotation marks.
    """
    name = attribution.section.name
    return in_paragraph(f"section “{name}”" if attribution.section.heading else name, attribution.paragraph)


def in_paragraph(section: str, paragraph: int) -> str:
    """A section as written, if it has a name, with its paragraph unless that is 0: the source has none to count."""
    return _joined(section, f"paragraph {paragraph}" if paragraph else "")


def repeats_body(answer: Answer, attribution: Attribution) -> bool:
    """Whether a claim's words are the answer's own, so that they need not be said twice."""
    return len(answer.attributions) == 1 and attribution.text == answer.body


def quotation(attribution: Attribution) -> str:
    """The source's own direct quotation in quotation marks; empty for indirect speech."""
    return f"“{attribution.quote}”" if attribution.quote else ""


def claim_line(answer: Answer, attribution: Attribution) -> str:
    """A claim with its voice first, then its words, a quotation, the place and what is unclear."""
    text = "" if repeats_body(answer, attribution) else attribution.text
    who = speaker(attribution.expert)
    if attribution.reported_by is not None:
        who += f" ({reporter(attribution)})"
    parts = [
        f"{who}: {text}" if text else who,
        f"In the source’s words: {quotation(attribution)}" if attribution.quote else "",
        f"({where})" if (where := located(answer.attributions, attribution)) else "",
        f"Note: {attribution.note}" if attribution.note else "",
    ]
    return " ".join(part for part in parts if part)


def located(attributions: tuple[Attribution, ...], attribution: Attribution) -> str:
    """The place, with the source's title where the reply rests on several sources; it may be empty."""
    several = len({item.source.id for item in attributions}) > 1
    return _joined(f"“{attribution.source.title}”" if several else "", place(attribution))


def source_lines(attributions: tuple[Attribution, ...]) -> tuple[str, ...]:
    """Each source once: title, author, when it was published or speaks from, address."""
    lines: dict[str, str] = {}
    for attribution in attributions:
        source = attribution.source
        when = f"published {source.published}" if source.published else ""
        if not when and source.period:
            when = f"date not stated; time of writing: {source.period}"
        details = f" ({when})" if when else ""
        address = f" {shown_link(source.url)}" if source.url else ""
        lines[source.id] = f"“{source.title}” by {attribution.author.name}{details}{address}"
    return tuple(lines.values())


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _listed(heading: str, questions: tuple[Suggestion, ...]) -> str:
    if not questions:
        return ""
    lines = [f"- {suggestion.question}" for suggestion in questions]
    return "\n".join([heading, *lines] if heading else lines)
