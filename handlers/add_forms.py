"""The four forms in which an entry is added, and what of the fields stands in which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import discord

from handlers import limits
from handlers.forms import ChoiceField, Form, TextField
from handlers.permissions import require_moderator
from handlers.services import Services
from knowledge.curation.drafting import MAX_CLAIM
from knowledge.curation.form import MAX_ANCHOR, EntryFields, NewExpert, NewSource
from knowledge.curation.sheets import FLAG_CHOICES, KIND_CHOICES
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

LABELS = {
    "question": "Question",
    "answer": "Answer",
    "phrasings": "Other ways to ask it",
    "source": "Source",
    "place": "Where it stands",
    "expert": "Who says it",
    "claim": "Statement",
    "words": "Exact words",
    "topics": "Topics",
    "expires": "No longer holds from",
    "verified_on": "Verified on",
    "claims": "Statements",
}
"""What people call the fields, where something is wrong with one."""

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
        """The fields with what was typed here."""
        raise NotImplementedError

    @property
    def typed(self) -> Sequence[str]:
        """What was typed, to be given back."""
        inputs = (item for item in self.children if isinstance(item, TextField))
        return [item.typed for item in inputs]


class QuestionForm(PartForm):
    """What people ask and what they are told."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted) -> None:
        super().__init__(services, Part.QUESTION, fields, submitted)
        self.question = TextField(
            "Question", "question", most=200, description="As people would ask it", value=fields.question
        )
        self.answer = TextField(
            "Answer", "answer", most=1000, description="In your own words", value=fields.answer, long=True
        )
        self.phrasings = TextField(
            "Other ways to ask it",
            "phrasings",
            most=limits.TEXT_INPUT,
            description="One a line; may stay empty",
            value=fields.phrasings,
            required=False,
            long=True,
        )
        self.expires = TextField(
            "No longer holds from",
            "expires",
            most=10,
            description="A day such as 2027-05-31; may stay empty",
            value=fields.expires,
            required=False,
        )
        for field in (self.question, self.answer, self.phrasings, self.expires):
            self.add_item(field)

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
        given = fields.source if isinstance(fields.source, NewSource) else NewSource("")
        self._before = given
        chosen = fields.source if isinstance(fields.source, str) else ""
        self.known = _known([(source.id, source.title) for source in base.sources.values()], "Known sources", chosen)
        self.title_field = TextField("Title of a new source", "title", most=200, value=given.title, required=False)
        self.url = TextField(
            "Its link",
            "url",
            most=500,
            description="Web address, or the link of a message here",
            value=given.url,
            required=False,
        )
        self.published = TextField(
            "Published",
            "published",
            most=60,
            description="The date, as the source states it; may stay empty",
            value=given.published,
            required=False,
        )
        self.place = TextField(
            "Where it stands there",
            "place",
            most=230,
            description="Such as: Causes of floods, paragraph 2; may stay empty",
            value=fields.place,
            required=False,
        )
        for field in (self.known, self.title_field, self.url, self.published, self.place):
            if field is not None:
                self.add_item(field)

    def read(self, fields: EntryFields) -> EntryFields:
        """The source and the place."""
        chosen = self.known.chosen[0] if self.known is not None and self.known.chosen else ""
        new = replace(
            self._before,
            title=self.title_field.typed,
            url=self.url.typed,
            published=self.published.typed,
        )
        typed = new if new.title or new.url else ""
        return replace(fields, source=chosen or typed, place=self.place.typed)


class ExpertForm(PartForm):
    """Somebody who is known, or somebody new."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase) -> None:
        super().__init__(services, Part.EXPERT, fields, submitted)
        given = fields.expert if isinstance(fields.expert, NewExpert) else NewExpert("")
        chosen = fields.expert if isinstance(fields.expert, str) else ""
        names = [
            (expert.id, ", ".join(part for part in (expert.name, expert.credentials) if part))
            for expert in base.experts.values()
        ]
        self.known = _known(names, "Known people and places", chosen)
        self.name = TextField("Name of somebody new", "name", most=120, value=given.name, required=False)
        self.role = TextField(
            "Role", "role", most=200, description="What they are, as the source says", value=given.role, required=False
        )
        self.affiliation = TextField(
            "Where they belong", "affiliation", most=200, value=given.affiliation, required=False
        )
        self.kind = ChoiceField("What sort of voice", "kind", KIND_CHOICES, chosen=(given.kind.value,), required=False)
        for field in (self.known, self.name, self.role, self.affiliation, self.kind):
            if field is not None:
                self.add_item(field)

    def read(self, fields: EntryFields) -> EntryFields:
        """Who says it."""
        chosen = self.known.chosen[0] if self.known is not None and self.known.chosen else ""
        kind = ExpertKind(self.kind.chosen[0]) if self.kind.chosen else ExpertKind.PERSON
        typed = NewExpert(self.name.typed, kind, self.role.typed, self.affiliation.typed) if self.name.typed else ""
        return replace(fields, expert=chosen or typed)


class WordsForm(PartForm):
    """What is said, in one statement and in the source's own words."""

    def __init__(self, services: Services, fields: EntryFields, submitted: Submitted, base: KnowledgeBase) -> None:
        super().__init__(services, Part.WORDS, fields, submitted)
        self.claim = TextField(
            "What they say, in one statement",
            "claim",
            most=MAX_CLAIM,
            description="In your own words; left empty, the answer is the statement",
            value=fields.claim,
            required=False,
            long=True,
        )
        self.words = TextField(
            "Exact words from the source",
            "words",
            most=MAX_CLAIM,
            description=f"A few words to find the place (at most {MAX_ANCHOR}), or the whole quotation",
            value=fields.words,
            required=False,
            long=True,
        )
        self.quoted = ChoiceField(
            "Does the source have them as a quotation?",
            "quoted",
            FLAG_CHOICES,
            chosen=("yes" if fields.quoted else "no",),
        )
        topics = [(topic.id, topic.name) for topic in base.topics.values()]
        self.topics = (
            ChoiceField("Topics", "topics", topics, chosen=fields.topics, required=False, most=20) if topics else None
        )
        for field in (self.claim, self.words, self.quoted, self.topics):
            if field is not None:
                self.add_item(field)

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


def _known(items: Sequence[tuple[str, str]], label: str, chosen: str) -> ChoiceField | None:
    """A select of what is known, what was chosen before first; None where nothing is known."""
    if not items:
        return None
    ordered = sorted(items, key=lambda item: item[0] != chosen)
    more = len(items) > limits.SELECT_OPTIONS
    hint = "More is known than fits here: type its name or title below" if more else _KNOWN
    return ChoiceField(label, "known", ordered, chosen=(chosen,), description=hint, required=False)
