"""The four forms in which an entry is added, and what of the fields stands in which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import discord

from handlers import limits
from handlers.forms import ChoiceField, Form, TextField
from handlers.origins import ANSWER, QUESTION
from handlers.permissions import require_moderator
from handlers.services import Services
from knowledge.curation.form import MAX_ANCHOR, EntryFields, NewExpert, NewSource
from knowledge.curation.sheets import FLAG_CHOICES, KIND_CHOICES
from knowledge.curation.wording import MAX_CLAIM
from knowledge.model import ExpertKind, KnowledgeBase

Interaction = discord.Interaction[Any]
Submitted = Callable[[Interaction, int, EntryFields], Awaitable[None]]
"""What happens with a form: its interaction, the server, and the fields with what was typed."""


class Part(StrEnum):
    """The forms. The values are in messages that already stand: never change them."""

    QUESTION = "question"
    SOURCE = "source"
    EXPERT = "expert"
    WORDS = "words"


TITLES = {
    Part.QUESTION: "Question and answer",
    Part.SOURCE: "Where it stands",
    Part.EXPERT: "Who says it",
    Part.WORDS: "Statement and words",
}

FIELDS = {
    Part.QUESTION: ("question", "answer", "phrasings", "expires", "verified_on"),
    Part.SOURCE: ("source", "place"),
    Part.EXPERT: ("expert",),
    Part.WORDS: ("claim", "words", "topics"),
}
"""What of an entry stands in which form."""

_KNOWN = "Leave it empty to add one below"


class PartForm(Form):
    """One form of an entry: `read` makes of the fields what they are with what was typed."""

    def __init__(self, services: Services, part: Part, fields: EntryFields, submitted: Submitted) -> None:
        super().__init__(TITLES[part])
        self._services = services
        self._submitted = submitted
        self.fields = fields

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Hand on what was typed, if its moderator still is one."""
        guild = await require_moderator(interaction, self._services)
        await self._submitted(interaction, guild, self.read(self.fields))

    def read(self, fields: EntryFields) -> EntryFields:
        """The fields with what was typed."""
        raise NotImplementedError

    def text(self, label: str, name: str, most: int, value: str, hint: str = "", **how: bool) -> TextField:
        """One more text field; it may stay empty unless `required`."""
        field = TextField(label, name, most=most, description=hint, value=value, **{"required": False, **how})
        self.add_item(field)
        return field

    def known(self, items: Sequence[tuple[str, str]], label: str, chosen: str) -> ChoiceField | None:
        """One more select of what is known, what was chosen before first; None where nothing is known."""
        if not items:
            return None
        ordered = sorted(items, key=lambda item: item[0] != chosen)
        more = len(items) > limits.SELECT_OPTIONS
        hint = "More is known than fits here: type its name or title below" if more else _KNOWN
        field = ChoiceField(label, "known", ordered, chosen=(chosen,), description=hint, required=False)
        self.add_item(field)
        return field

    @property
    def typed(self) -> list[str]:
        """What stands in its text fields."""
        return [item.typed for item in self.children if isinstance(item, TextField)]


class QuestionForm(PartForm):
    """What people ask and what they are told."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted) -> None:
        super().__init__(services, Part.QUESTION, fields, submitted)
        self.question = self.text(
            "Question", "question", QUESTION, fields.question, "As people would ask it", required=True
        )
        self.answer = self.text(
            "Answer", "answer", ANSWER, fields.answer, "In your own words", required=True, long=True
        )
        self.phrasings = self.text(
            "Other ways to ask it",
            "phrasings",
            limits.TEXT_INPUT,
            fields.phrasings,
            "One a line; may stay empty",
            long=True,
        )
        self.expires = self.text(
            "No longer holds from", "expires", 10, fields.expires, "A day such as 2027-05-31; may stay empty"
        )

    def read(self, fields: EntryFields) -> EntryFields:
        """Question, answer, phrasings and the day until which they hold."""
        return replace(
            fields,
            question=self.question.typed,
            answer=self.answer.typed,
            phrasings=self.phrasings.typed,
            expires=self.expires.typed,
        )


class SourceForm(PartForm):
    """A source that is known, or a new one; and the place in it."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase) -> None:
        super().__init__(services, Part.SOURCE, fields, submitted)
        self._given = given = fields.source if isinstance(fields.source, NewSource) else NewSource("")
        titles = [(source.id, source.title) for source in base.sources.values()]
        self.chosen = self.known(titles, "Known sources", fields.source if isinstance(fields.source, str) else "")
        self.named = self.text("Title of a new source", "title", 200, given.title)
        self.url = self.text("Its link", "url", 500, given.url, "Web address, or the link of a message here")
        self.published = self.text(
            "Published", "published", 60, given.published, "The date, as the source states it; may stay empty"
        )
        self.place = self.text(
            "Where it stands there",
            "place",
            230,
            fields.place,
            "Such as: Causes of floods, paragraph 2; may stay empty",
        )

    def read(self, fields: EntryFields) -> EntryFields:
        """The source and the place."""
        new = replace(self._given, title=self.named.typed, url=self.url.typed, published=self.published.typed)
        typed = new if new.title or new.url else ""
        return replace(fields, source=_first(self.chosen) or typed, place=self.place.typed)


class ExpertForm(PartForm):
    """Somebody who is known, or somebody new."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase) -> None:
        super().__init__(services, Part.EXPERT, fields, submitted)
        given = fields.expert if isinstance(fields.expert, NewExpert) else NewExpert("")
        names = [
            (expert.id, ", ".join(part for part in (expert.name, expert.credentials) if part))
            for expert in base.experts.values()
        ]
        chosen = fields.expert if isinstance(fields.expert, str) else ""
        self.chosen = self.known(names, "Known people and places", chosen)
        self.name = self.text("Name of somebody new", "name", 120, given.name)
        self.role = self.text("Role", "role", 200, given.role, "What they are, as the source says")
        self.affiliation = self.text("Where they belong", "affiliation", 200, given.affiliation)
        self.kind = ChoiceField("What sort of voice", "kind", KIND_CHOICES, chosen=(given.kind.value,), required=False)
        self.add_item(self.kind)

    def read(self, fields: EntryFields) -> EntryFields:
        """Who says it."""
        kind = ExpertKind(_first(self.kind) or ExpertKind.PERSON)
        typed = NewExpert(self.name.typed, kind, self.role.typed, self.affiliation.typed) if self.name.typed else ""
        return replace(fields, expert=_first(self.chosen) or typed)


class WordsForm(PartForm):
    """What is said, in one statement and in the source's own words."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase) -> None:
        super().__init__(services, Part.WORDS, fields, submitted)
        self.claim = self.text(
            "What they say, in one statement",
            "claim",
            MAX_CLAIM,
            fields.claim,
            "In your own words; left empty, the answer is the statement",
            long=True,
        )
        self.words = self.text(
            "Exact words from the source",
            "words",
            MAX_CLAIM,
            fields.words,
            f"A few words to find the place (at most {MAX_ANCHOR}), or the whole quotation",
            long=True,
        )
        flag = ("yes" if fields.quoted else "no",)
        self.quoted = ChoiceField("Does the source have them as a quotation?", "quoted", FLAG_CHOICES, chosen=flag)
        self.add_item(self.quoted)
        self.topics: ChoiceField | None = None
        if base.topics:
            topics = [(topic.id, topic.name) for topic in base.topics.values()]
            self.topics = ChoiceField("Topics", "topics", topics, chosen=fields.topics, required=False, most=20)
            self.add_item(self.topics)

    def read(self, fields: EntryFields) -> EntryFields:
        """Statement, words and topics."""
        return replace(
            fields,
            claim=self.claim.typed,
            words=self.words.typed,
            quoted=self.quoted.chosen == ("yes",),
            topics=self.topics.chosen if self.topics is not None else fields.topics,
        )


def part_form(
    part: Part, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase
) -> PartForm:
    """The form of a part."""
    match part:
        case Part.QUESTION:
            return QuestionForm(services, fields, submitted)
        case Part.SOURCE:
            return SourceForm(services, fields, submitted, base)
        case Part.EXPERT:
            return ExpertForm(services, fields, submitted, base)
        case Part.WORDS:
            return WordsForm(services, fields, submitted, base)


def _first(field: ChoiceField | None) -> str:
    """What was chosen in a select of one, "" for nothing."""
    return next(iter(field.chosen), "") if field is not None else ""
