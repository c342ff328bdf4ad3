"""The HTTP API, version 10: users, guild, channels, messages, reactions, threads."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.local import message_payloads, payloads
from bot.local.attachments import Attachments, Upload
from bot.local.bodies import read_changes, read_draft
from bot.local.errors import ApiError, FormErrors, not_found
from bot.local.gateway import Gateway
from bot.local.jsontypes import Json, as_id, as_int, as_list, as_object
from bot.local.messages import Messages
from bot.local.nonces import Nonces
from bot.local.permissions import Permission, channel_permissions
from bot.local.state import Channel, ChannelType, Message, MessageFlag, MessageType, World

BODY: web.RequestKey[Any] = web.RequestKey("body", object)
UPLOADS = web.RequestKey("uploads", list[Upload])


def answer(data: Any, status: int = 200) -> web.Response:
    """A JSON answer; discord.py insists on a content type without a charset."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json"})


def nothing() -> web.Response:
    """204."""
    return web.Response(status=204)


def body_of(request: web.Request) -> Json:
    """The request's JSON object, empty where it has none."""
    return as_object(request.get(BODY))


def path_id(request: web.Request, name: str) -> int:
    """A snowflake of the path; -1, which nothing has, where it is none."""
    found = as_id(request.match_info[name])
    return -1 if found is None else found


class HttpApi:
    """The endpoints of the bot's token, without commands and webhooks."""

    def __init__(self, world: World, messages: Messages, attachments: Attachments, gateway: Gateway) -> None:
        self._world = world
        self._messages = messages
        self._attachments = attachments
        self._gateway = gateway
        self._nonces = Nonces()

    def routes(self) -> list[web.RouteDef]:
        """Paths are named as in Discord's own description."""
        channel = "/channels/{channel_id}"
        message = channel + "/messages/{message_id}"
        mine = message + "/reactions/{emoji_name}/@me"
        guild = "/guilds/{guild_id}"
        return [
            web.get("/gateway", self.gateway),
            web.get("/gateway/bot", self.gateway_bot),
            web.get("/users/@me", self.me),
            web.get("/users/@me/guilds", self.my_guilds),
            web.post("/users/@me/channels", self.open_direct),
            web.get("/users/{user_id}", self.user),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/applications/@me", self.application),
            web.get("/applications/{application_id}/emojis", self.application_emojis),
            web.get(guild, self.guild),
            web.get(guild + "/channels", self.guild_channels),
            web.get(guild + "/roles", self.guild_roles),
            web.get(guild + "/members", self.guild_members),
            web.get(guild + "/members/{user_id}", self.guild_member),
            web.get(guild + "/threads/active", self.active_threads),
            web.get(channel, self.channel),
            web.get(channel + "/messages", self.history),
            web.post(channel + "/messages", self.create_message),
            web.post(channel + "/messages/bulk-delete", self.bulk_delete),
            web.post(channel + "/typing", self.typing),
            web.post(channel + "/threads", self.create_thread),
            web.get(message, self.get_message),
            web.patch(message, self.edit_message),
            web.delete(message, self.delete_message),
            web.post(message + "/threads", self.create_thread),
            web.put(mine, self.add_reaction),
            web.delete(mine, self.remove_reaction),
        ]

    # --- the bot and the guild ------------------------------------------------------------------

    async def gateway(self, _request: web.Request) -> web.Response:
        """Where the gateway is."""
        return answer({"url": self._gateway.url})

    async def gateway_bot(self, _request: web.Request) -> web.Response:
        """Where the gateway is, with how many shards to use."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return answer({"url": self._gateway.url, "shards": 1, "session_start_limit": limit})

    async def me(self, _request: web.Request) -> web.Response:
        """The bot's account."""
        return answer(payloads.own_user_json(self._world.bot))

    async def my_guilds(self, _request: web.Request) -> web.Response:
        """The guilds that the bot is in."""
        guild = self._world.guild
        role = next(role for role in self._world.roles.values() if role.bot_id)
        partial: Json = {"id": str(guild.id), "name": guild.name, "icon": None, "owner": False, "features": []}
        return answer([{**partial, "permissions": str(role.permissions)}])

    async def user(self, request: web.Request) -> web.Response:
        """Any account."""
        user = self._world.users.get(path_id(request, "user_id"))
        if user is None:
            raise not_found("User")
        return answer(payloads.user_json(user))

    async def open_direct(self, request: web.Request) -> web.Response:
        """The direct message with a person."""
        channel = self._world.direct_channel(as_id(body_of(request).get("recipient_id")) or 0)
        if channel is None:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return answer(payloads.channel_json(self._world, channel))

    async def application(self, _request: web.Request) -> web.Response:
        """The bot's application."""
        return answer(payloads.application_json(self._world))

    async def application_emojis(self, _request: web.Request) -> web.Response:
        """The application has no emojis of its own."""
        return answer({"items": []})

    def _guild(self, request: web.Request) -> None:
        if path_id(request, "guild_id") != self._world.guild.id:
            raise not_found("Guild")

    async def guild(self, request: web.Request) -> web.Response:
        """The guild."""
        self._guild(request)
        counts: Json = {}
        if request.query.get("with_counts") in ("1", "true"):
            total = len(self._world.members)
            counts = {"approximate_member_count": total, "approximate_presence_count": total}
        return answer({**payloads.guild_json(self._world), **counts})

    async def guild_channels(self, request: web.Request) -> web.Response:
        """The guild's channels, without threads."""
        self._guild(request)
        skipped = (ChannelType.DM, ChannelType.PUBLIC_THREAD)
        listed = [item for item in self._world.channels.values() if item.type not in skipped]
        return answer([payloads.channel_json(self._world, item) for item in listed])

    async def guild_roles(self, request: web.Request) -> web.Response:
        """The guild's roles."""
        self._guild(request)
        return answer([payloads.role_json(role) for role in self._world.roles.values()])

    async def guild_members(self, request: web.Request) -> web.Response:
        """The members; needs the members intent to be granted."""
        self._guild(request)
        if not self._world.members_allowed:
            raise ApiError(403, 50001, "Missing Access")
        limit, after = as_int(request.query.get("limit"), 1), as_int(request.query.get("after"))
        listed = sorted(item.user_id for item in self._world.members.values() if item.user_id > after)
        members = [self._world.members[user_id] for user_id in listed[:limit]]
        return answer([payloads.member_json(self._world, member) for member in members])

    async def guild_member(self, request: web.Request) -> web.Response:
        """One member."""
        self._guild(request)
        member = self._world.members.get(path_id(request, "user_id"))
        if member is None:
            raise not_found("Member")
        return answer(payloads.member_json(self._world, member))

    async def active_threads(self, request: web.Request) -> web.Response:
        """The open threads."""
        self._guild(request)
        listed = [c for c in self._world.channels.values() if c.type is ChannelType.PUBLIC_THREAD]
        return answer({"threads": [payloads.channel_json(self._world, c) for c in listed], "members": []})

    # --- channels and messages ------------------------------------------------------------------

    def _channel(self, request: web.Request) -> Channel:
        """The path's channel, which the bot must be able to see."""
        channel = self._world.channels.get(path_id(request, "channel_id"))
        if channel is None:
            raise not_found("Channel")
        if Permission.VIEW_CHANNEL not in channel_permissions(self._world, self._world.bot.id, channel):
            raise ApiError(403, 50001, "Missing Access")
        return channel

    def _message(self, request: web.Request) -> Message:
        channel = self._channel(request)
        message = self._messages.find(channel.id, path_id(request, "message_id"))
        if message.ephemeral_to is not None:  # reached only through its interaction
            raise not_found("Message")
        return message

    def _shown(self, message: Message) -> Json:
        data = message_payloads.message_json(self._world, message, viewer=self._world.bot.id)
        # Over HTTP it is the portal's switch that counts, not the session's intents.
        return data if self._world.message_content_allowed else message_payloads.without_content(self._world, data)

    async def channel(self, request: web.Request) -> web.Response:
        """One channel."""
        return answer(payloads.channel_json(self._world, self._channel(request)))

    async def history(self, request: web.Request) -> web.Response:
        """Messages, newest first."""
        channel = self._channel(request)
        held = channel_permissions(self._world, self._world.bot.id, channel)
        if Permission.READ_MESSAGE_HISTORY not in held:
            return answer([])
        limit = as_int(request.query.get("limit"), 50)
        if not 1 <= limit <= 100:
            errors = FormErrors()
            errors.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
            errors.check()
        before, after, around = (as_id(request.query.get(name)) for name in ("before", "after", "around"))
        seen = [message for message in channel.messages.values() if message.ephemeral_to is None]
        if around is not None:
            older = [message for message in seen if message.id <= around][-(limit // 2 + 1) :]
            newer = [message for message in seen if message.id > around][: limit // 2]
            chosen = older + newer
        elif after is not None:
            chosen = [message for message in seen if message.id > after][:limit]
        else:
            chosen = [message for message in seen if before is None or message.id < before][-limit:]
        return answer([self._shown(message) for message in reversed(chosen)])

    async def create_message(self, request: web.Request) -> web.Response:
        """Post a message."""
        channel, body = self._channel(request), body_of(request)
        self._messages.require(channel, Permission.SEND_MESSAGES)
        uploads = request.get(UPLOADS, [])
        if uploads:
            self._messages.require(channel, Permission.ATTACH_FILES)
        draft = read_draft(body, uploads, self._attachments, channel.id)
        nonce = draft.nonce if body.get("enforce_nonce") else None
        if nonce is not None and (posted := self._nonces.get(nonce)) is not None:
            return answer(self._shown(posted))
        draft.answers = self._answered(channel, body)
        if draft.answers is not None:
            draft.type = MessageType.REPLY
        message = self._messages.post(self._world.bot, channel, draft)
        if nonce is not None:
            self._nonces.put(nonce, message)
        return answer(self._shown(message))

    def _answered(self, channel: Channel, body: Json) -> Message | None:
        reference = as_object(body.get("message_reference"))
        if not reference:
            return None
        message = channel.messages.get(as_id(reference.get("message_id")) or 0)
        held = channel_permissions(self._world, self._world.bot.id, channel)
        if message is not None and message.ephemeral_to is None and Permission.READ_MESSAGE_HISTORY in held:
            return message
        if reference.get("fail_if_not_exists") is False:
            return None
        errors = FormErrors()
        errors.add("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        errors.check()
        return None

    async def get_message(self, request: web.Request) -> web.Response:
        """One message."""
        return answer(self._shown(self._message(request)))

    async def edit_message(self, request: web.Request) -> web.Response:
        """Change one of the bot's own messages."""
        message, body = self._message(request), body_of(request)
        if message.author_id != self._world.bot.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        changes, given = read_changes(body, request.get(UPLOADS, []), self._attachments, message)
        if given == {"flags"}:
            message.flags = (message.flags & ~MessageFlag.SUPPRESS_EMBEDS) | (
                changes.flags & MessageFlag.SUPPRESS_EMBEDS
            )
        self._messages.rewrite(message, changes, given)
        return answer(self._shown(message))

    async def delete_message(self, request: web.Request) -> web.Response:
        """Delete a message: the bot's own, or with Manage Messages anybody's."""
        message = self._message(request)
        if message.author_id != self._world.bot.id:
            channel = self._world.channels[message.channel_id]
            if channel.type is ChannelType.DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            self._messages.require(channel, Permission.MANAGE_MESSAGES)
        self._messages.delete(message)
        return nothing()

    async def bulk_delete(self, request: web.Request) -> web.Response:
        """Delete several messages; each is announced on its own."""
        channel = self._channel(request)
        self._messages.require(channel, Permission.MANAGE_MESSAGES)
        for value in as_list(body_of(request).get("messages")):
            message = channel.messages.get(as_id(value) or 0)
            if message is not None:
                self._messages.delete(message)
        return nothing()

    async def typing(self, request: web.Request) -> web.Response:
        """Show that the bot is typing."""
        channel = self._channel(request)
        self._messages.require(channel, Permission.SEND_MESSAGES)
        self._messages.typing(self._world.bot, channel)
        return nothing()

    async def add_reaction(self, request: web.Request) -> web.Response:
        """React to a message."""
        message = self._message(request)
        self._messages.require(self._channel(request), Permission.ADD_REACTIONS)
        self._messages.react(message, self._world.bot, request.match_info["emoji_name"])
        return nothing()

    async def remove_reaction(self, request: web.Request) -> web.Response:
        """Take a reaction back."""
        message = self._message(request)
        self._messages.react(message, self._world.bot, request.match_info["emoji_name"], remove=True)
        return nothing()

    async def create_thread(self, request: web.Request) -> web.Response:
        """Open a thread, from a message where the path names one."""
        channel, body = self._channel(request), body_of(request)
        self._messages.require(channel, Permission.CREATE_PUBLIC_THREADS)
        errors = FormErrors()
        errors.text("name", body.get("name"), longest=100, shortest=1, required=True)
        errors.check()
        start = self._message(request) if "message_id" in request.match_info else None
        thread = self._messages.open_thread(self._world.bot, channel, body["name"], start)
        return answer(payloads.channel_json(self._world, thread), 201)
