"""The bot's answers to interactions: callbacks, follow-ups, and changes to the original response."""

from __future__ import annotations

from enum import IntEnum

from bot.local import message_payloads
from bot.local.attachments import Attachments, Upload
from bot.local.bodies import read_changes, read_draft
from bot.local.commands import check_choices
from bot.local.errors import ApiError, FormErrors, not_found
from bot.local.interactions import Interaction, Interactions, InteractionType
from bot.local.jsontypes import Json, as_int, as_object, as_objects
from bot.local.mentions import Allowed
from bot.local.messages import Draft, Messages
from bot.local.people import People
from bot.local.state import Message, MessageFlag, MessageType, World
from bot.local.validate_components import check_modal


class Callback(IntEnum):
    """Response types."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Responder:
    """The bot's side of interactions."""

    def __init__(
        self,
        world: World,
        interactions: Interactions,
        messages: Messages,
        attachments: Attachments,
        people: People,
    ) -> None:
        self._world = world
        self._interactions = interactions
        self._messages = messages
        self._attachments = attachments
        self._people = people

    def respond(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Json:
        """The first response. Returns what `with_response` asks for.

        Raises:
            ApiError: the response does not fit the interaction, or breaks a limit.
        """
        kind = as_int(body.get("type"))
        data = as_object(body.get("data"))
        self._check_fit(interaction, kind)
        shown: Message | None = None
        if kind == Callback.MESSAGE:
            draft = read_draft(data, uploads, self._attachments, interaction.channel_id, ephemeral_ok=True)
            self._interactions.answer(interaction, kind)
            shown = interaction.original = self._post(interaction, draft)
        elif kind == Callback.DEFERRED_MESSAGE:
            flags = as_int(data.get("flags")) & MessageFlag.EPHEMERAL
            self._interactions.answer(interaction, kind)
            interaction.deferred = True
            shown = interaction.original = self._post(interaction, Draft(flags=flags | MessageFlag.LOADING))
        elif kind == Callback.DEFERRED_UPDATE:
            self._interactions.answer(interaction, kind)
            interaction.original = interaction.source
        elif kind == Callback.UPDATE and interaction.source is not None:
            changes, given = read_changes(data, uploads, self._attachments, interaction.source)
            self._interactions.answer(interaction, kind)
            shown = interaction.original = interaction.source
            self._messages.rewrite(interaction.source, changes, given)
        elif kind == Callback.CHOICES:
            self._choose(interaction, data)
        elif kind == Callback.MODAL:
            self._open_modal(interaction, data)
        return self._summary(interaction, kind, shown)

    def _check_fit(self, interaction: Interaction, kind: int) -> None:
        allowed = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
        if interaction.source is not None:
            allowed |= {Callback.UPDATE, Callback.DEFERRED_UPDATE}
        if interaction.type is not InteractionType.MODAL_SUBMIT:
            allowed.add(Callback.MODAL)
        if interaction.type is InteractionType.AUTOCOMPLETE:
            allowed = {Callback.CHOICES}
        if kind not in allowed:
            errors = FormErrors()
            fitting = ", ".join(str(int(item)) for item in sorted(allowed))
            errors.add("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{fitting}}}.")
            errors.check()

    def _post(self, interaction: Interaction, draft: Draft) -> Message:
        first = interaction.original is None
        if first and interaction.type is InteractionType.COMMAND:
            menu = interaction.data["type"] != 1
            draft.type = MessageType.CONTEXT_MENU_COMMAND if menu else MessageType.CHAT_INPUT_COMMAND
            answers = interaction.target
        elif first and interaction.source is not None:
            draft.type, answers = MessageType.REPLY, interaction.source
        else:
            draft.type, answers = MessageType.REPLY, interaction.original
        if answers is None and draft.type is MessageType.REPLY:
            draft.type = MessageType.DEFAULT
        draft.answers = answers
        # The line above a response never pings the person it points to.
        draft.allowed = Allowed(draft.allowed.users, draft.allowed.roles, draft.allowed.everyone, False)
        draft.interaction = self._interactions.metadata(interaction)
        draft.webhook_id = self._world.bot.id
        if draft.flags & MessageFlag.EPHEMERAL:
            draft.ephemeral_to = interaction.user_id
        channel = self._world.channels[interaction.channel_id]
        return self._messages.post(self._world.bot, channel, draft)

    def _choose(self, interaction: Interaction, data: Json) -> None:
        choices = as_objects(data.get("choices"))
        errors = FormErrors()
        check_choices("data.choices", choices, errors)
        errors.check()
        self._interactions.answer(interaction, Callback.CHOICES)
        if interaction.choices is not None and not interaction.choices.done():
            interaction.choices.set_result(choices)

    def _open_modal(self, interaction: Interaction, data: Json) -> None:
        errors = FormErrors()
        check_modal(data, errors)
        errors.check()
        self._interactions.answer(interaction, Callback.MODAL)
        interaction.modal = data
        event: Json = {
            "interaction_id": str(interaction.id),
            "channel_id": str(interaction.channel_id),
            "nonce": interaction.nonce,
            "custom_id": data["custom_id"],
            "title": data["title"],
            "components": data["components"],
        }
        self._people.tell("MODAL", event, user_id=interaction.user_id)

    def _summary(self, interaction: Interaction, kind: int, shown: Message | None) -> Json:
        about: Json = {"id": str(interaction.id), "type": int(interaction.type)}
        resource: Json = {"type": kind}
        if shown is not None:
            about |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.loading,
                "response_message_ephemeral": shown.ephemeral_to is not None,
            }
            resource["message"] = message_payloads.message_json(self._world, shown)
        return {"interaction": about, "resource": resource}

    # --- the webhook of an interaction ----------------------------------------------------------

    def follow_up(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Message:
        """A further message; the first one after "is thinking" takes that message's place."""
        original = interaction.original
        if interaction.deferred and original is not None and original.loading:
            self.edit(interaction, original, body, uploads)
            return original
        draft = read_draft(body, uploads, self._attachments, interaction.channel_id, ephemeral_ok=True)
        return self._post(interaction, draft)

    def message(self, interaction: Interaction, which: str) -> Message:
        """A message of this interaction: `@original` or an id.

        Raises:
            ApiError: 404, there is none.
        """
        if which == "@original":
            if interaction.original is None:
                raise not_found("Message")
            return self._messages.find(interaction.channel_id, interaction.original.id)
        message = self._messages.find(interaction.channel_id, as_int(which, -1))
        own = message.interaction is not None and message.interaction["id"] == str(interaction.id)
        if not own and message is not interaction.source:
            raise not_found("Message")
        return message

    def edit(self, interaction: Interaction, message: Message, body: Json, uploads: list[Upload]) -> None:
        """Change a message of this interaction."""
        if message.channel_id != interaction.channel_id:
            raise not_found("Message")
        changes, given = read_changes(body, uploads, self._attachments, message)
        self._messages.rewrite(message, changes, given)

    def delete(self, message: Message) -> None:
        """Delete a message of this interaction."""
        if message.author_id != self._world.bot.id:
            raise ApiError(403, 50003, "Cannot execute action on this channel type")
        self._messages.delete(message)
