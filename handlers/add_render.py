"""An entry that is being added, as its moderator reads it: what is filled in, what is wrong, what is close to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.escape import inline
from handlers.limits import MESSAGE_CONTENT, cut
from knowledge.curation.closest import Close
from knowledge.curation.form import EntryFields, NewExpert, NewSource
from knowledge.curation.wording import lines
from knowledge.links import shown_link
from knowledge.model import KnowledgeBase

LABELS = {
    "question": "Question",
    "answer": "Answer",
    "phrasings": "Other ways to ask it",
    "source": "Source",
    "place": "Where it stands",
    "expert": "Who says it",
    "claim": "Statement",
    "text": "Statement",
    "words": "Exact words",
    "topics": "Topics",
    "expires": "No longer holds from",
    "verified_on": "Verified on",
    "claims": "Statements",
}
"""What people call the fields, where something is wrong with one."""


def told_problems(found: Iterable[tuple[str, str]]) -> str:
    """What is wrong, a field and its message a line."""
    return "\n".join(f"- **{inline(LABELS.get(field, field))}**: {inline(message)}" for field, message in found)


def problems_told(found: Iterable[tuple[str, str]], *, button: str) -> str:
    """The same as a whole message, with the button that leads back to the form, where there is one."""
    again = f" Press *{button}*: what you typed last stands there." if button else ""
    return cut(f"It cannot be published like this.{again}\n{told_problems(found)}", MESSAGE_CONTENT)


def told_close(close: Sequence[Close]) -> str:
    """The entries that it may be already, to be chosen from a select below; nothing for none."""
    if not close:
        return ""
    named = "\n".join(f"- {inline(cut(one.question, 150))}" for one in close)
    return f"Is it one of these already? Choose it below to add your question there as a phrasing instead.\n{named}"


def filled_in(fields: EntryFields, base: KnowledgeBase) -> str:
    """What is filled in, in a few lines."""
    source, expert = fields.source, fields.expert
    if isinstance(source, NewSource):
        where = f"{source.title} {shown_link(source.url)}".strip()
    else:
        where = base.sources[source].title if source in base.sources else ""
    if isinstance(expert, NewExpert):
        who = ", ".join(part for part in (expert.name, expert.role, expert.affiliation) if part)
    else:
        who = base.experts[expert].name if expert in base.experts else ""
    topics = [base.topics[topic].name for topic in fields.topics if topic in base.topics]
    shown = (
        ("Question", fields.question),
        ("Other ways to ask it", " / ".join(lines(fields.phrasings))),
        ("Where it stands", ", ".join(part for part in (where, fields.place) if part)),
        ("Who says it", who),
        ("Statement", fields.claim),
        ("Quotation" if fields.quoted else "Exact words", fields.words),
        ("Topics", ", ".join(topics)),
        ("No longer holds from", fields.expires),
    )
    return "\n".join(f"{name}: {inline(cut(text, 200))}" for name, text in shown if text.strip())
