"""Interactions: from a person's press or command to the bot's first response, and their deadlines."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.local import message_payloads, payloads
from bot.local.errors import ApiError, PersonError, not_found
from bot.local.gateway import Gateway
from bot.local.jsontypes import Json, as_objects
from bot.local.people import People
from bot.local.permissions import channel_permissions
from bot.local.state import Channel, ChannelType, Message, World

NO_RESPONSE = "The application did not respond"
KEPT = 5_000  # interactions remembered; the oldest make room


class InteractionType(IntEnum):
    """What the person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(eq=False, slots=True)
class Interaction:
    """One thing a person did that the bot must answer."""

    id: int
    token: str
    type: InteractionType
    user_id: int
    channel_id: int
    data: Json
    started: float
    nonce: Any = None
    source: Message | None = None  # the message that held the button, also behind a modal
    target: Message | None = None  # the message of a context menu command
    parent: Interaction | None = None  # what led to a modal
    answered: bool = False
    expired: bool = False
    response_type: int = 0
    original: Message | None = None
    deferred: bool = False
    modal: Json | None = None
    choices: asyncio.Future[list[Json]] | None = None
    timer: asyncio.TimerHandle | None = None


class Interactions:
    """All open interactions, found by id or token."""

    def __init__(
        self,
        world: World,
        gateway: Gateway,
        people: People,
        *,
        response_seconds: float = 3.0,
        token_seconds: float = 900.0,
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._people = people
        self._response_seconds = response_seconds
        self._token_seconds = token_seconds
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def start(
        self,
        kind: InteractionType,
        user_id: int,
        channel: Channel,
        data: Json,
        *,
        nonce: Any = None,
        source: Message | None = None,
        target: Message | None = None,
        parent: Interaction | None = None,
    ) -> Interaction:
        """Tell the bot what a person did and start the clock for its answer."""
        loop = asyncio.get_running_loop()
        interaction = Interaction(
            id=self._world.new_id(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user_id=user_id,
            channel_id=channel.id,
            data=data,
            started=loop.time(),
            nonce=nonce,
            source=source,
            target=target,
            parent=parent,
        )
        if kind is InteractionType.AUTOCOMPLETE:
            interaction.choices = loop.create_future()
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        while len(self._by_id) > KEPT:
            oldest = next(iter(self._by_id))
            del self._by_token[self._by_id.pop(oldest).token]
        interaction.timer = loop.call_later(self._response_seconds, self._expire, interaction)
        self._status(interaction, "pending")
        direct = channel.type is ChannelType.DM
        self._gateway.dispatch("INTERACTION_CREATE", self._payload(interaction, channel), direct=direct)
        return interaction

    def find(self, interaction_id: int, user_id: int) -> Interaction:
        """A person's own interaction.

        Raises:
            PersonError: there is none.
        """
        found = self._by_id.get(interaction_id)
        if found is None or found.user_id != user_id:
            raise PersonError("This dialog is no longer open.")
        return found

    def awaiting(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that a callback answers.

        Raises:
            ApiError: unknown, too late, or answered already.
        """
        found = self._by_id.get(interaction_id)
        if found is None or found.expired or not secrets.compare_digest(found.token.encode(), token.encode()):
            raise not_found("interaction")
        if found.answered:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        return found

    def by_token(self, token: str) -> Interaction:
        """The answered interaction behind a webhook address.

        Raises:
            ApiError: unknown, not answered yet, or the token is too old.
        """
        found = self._by_token.get(token)
        if found is None or not found.answered:
            raise not_found("Webhook")
        if asyncio.get_running_loop().time() - found.started > self._token_seconds:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return found

    def answer(self, interaction: Interaction, response_type: int) -> None:
        """Note the bot's first response."""
        interaction.answered = True
        interaction.response_type = response_type
        if interaction.timer is not None:
            interaction.timer.cancel()
        self._status(interaction, "done")

    def metadata(self, interaction: Interaction) -> Json:
        """What a response's message says about its interaction."""
        world = self._world
        user = world.users[interaction.user_id]
        data: Json = {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "user": payloads.user_json(user),
            "authorizing_integration_owners": self._owners(world.channels[interaction.channel_id]),
        }
        if interaction.type is InteractionType.COMMAND:
            data["name"] = _whole_name(interaction.data)
            data["command_type"] = interaction.data["type"]
            if interaction.target is not None:
                data["target_message_id"] = str(interaction.target.id)
        if interaction.type is InteractionType.COMPONENT and interaction.source is not None:
            data["interacted_message_id"] = str(interaction.source.id)
        if interaction.type is InteractionType.MODAL_SUBMIT and interaction.parent is not None:
            data["triggering_interaction_metadata"] = self.metadata(interaction.parent)
        return data

    def _owners(self, channel: Channel) -> Json:
        return {"0": "0" if channel.type is ChannelType.DM else str(self._world.guild_of(channel).id)}

    def _expire(self, interaction: Interaction) -> None:
        interaction.expired = True
        if interaction.choices is not None and not interaction.choices.done():
            interaction.choices.set_exception(PersonError("Loading options failed"))
        self._status(interaction, "failed", NO_RESPONSE)

    def _status(self, interaction: Interaction, state: str, message: str | None = None) -> None:
        if interaction.type is InteractionType.AUTOCOMPLETE:
            return
        data: Json = {"nonce": interaction.nonce, "interaction_id": str(interaction.id), "state": state}
        if message:
            data["message"] = message
        self._people.tell("INTERACTION_STATUS", data, user_id=interaction.user_id)

    def _payload(self, interaction: Interaction, channel: Channel) -> Json:
        world, user_id = self._world, interaction.user_id
        direct = channel.type is ChannelType.DM
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.bot.id),
            "type": int(interaction.type),
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": payloads.interaction_channel_json(world, channel, user_id),
            "token": interaction.token,
            "version": 1,
            "locale": "en-GB",
            "app_permissions": str(int(channel_permissions(world, world.bot.id, channel))),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": self._owners(channel),
            "context": 1 if direct else 0,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if direct:
            payload["user"] = payloads.user_json(world.users[user_id])
        else:
            payload |= {
                "guild_id": str(world.guild_of(channel).id),
                "guild": {"id": str(world.guild_of(channel).id), "locale": "en-GB", "features": []},
                "guild_locale": "en-GB",
                "member": {
                    **payloads.member_json(world, world.members[user_id]),
                    "permissions": str(int(channel_permissions(world, user_id, channel))),
                },
            }
        if interaction.source is not None:
            payload["message"] = message_payloads.message_json(world, interaction.source, viewer=world.bot.id)
        return payload


def _whole_name(command: Json) -> str:
    """A command's name with those of its group and subcommand, as people type it."""
    inner = next((option for option in as_objects(command.get("options")) if option["type"] in (1, 2)), None)
    return command["name"] if inner is None else f"{command['name']} {_whole_name(inner)}"
