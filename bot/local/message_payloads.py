"""Messages in, Discord's JSON out: for the HTTP API, for events, and without what a bot may not read."""

from __future__ import annotations

from urllib.parse import quote

from bot.local.jsontypes import Json
from bot.local.payloads import channel_json, member_json, timestamp, user_json
from bot.local.state import ChannelType, Message, MessageType, World

HAS_REFERENCE = (MessageType.REPLY, MessageType.THREAD_STARTER_MESSAGE, MessageType.CONTEXT_MENU_COMMAND)


def message_json(world: World, message: Message, *, viewer: int | None = None, depth: int = 1) -> Json:
    """A message as the HTTP API answers it. `viewer` decides which reactions are `me`."""
    author = world.users[message.author_id]
    payload: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": int(message.type),
        "content": message.content,
        "author": user_json(author),
        "timestamp": timestamp(message.created_at),
        "edited_timestamp": timestamp(message.edited_at) if message.edited_at else None,
        "flags": message.flags,
        "tts": message.tts,
        "pinned": message.pinned,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(world.users[user_id]) for user_id in message.mentions],
        "mention_roles": [str(role_id) for role_id in message.mention_roles],
        "embeds": message.embeds,
        "components": message.components,
        "attachments": message.attachments,
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.reactions:
        payload["reactions"] = [_reaction_json(name, who, viewer) for name, who in message.reactions.items()]
    if message.webhook_id is not None:
        payload |= {"webhook_id": str(message.webhook_id), "application_id": str(message.webhook_id)}
    if message.interaction is not None:
        payload["interaction_metadata"] = message.interaction
    if message.thread_id is not None and message.thread_id in world.channels:
        payload["thread"] = channel_json(world, world.channels[message.thread_id])
    if message.reference is not None:
        payload["message_reference"] = message.reference
        if depth and message.type in HAS_REFERENCE:
            original = referenced(world, message)
            payload["referenced_message"] = (
                message_json(world, original, viewer=viewer, depth=depth - 1) if original else None
            )
    return payload


def message_event_json(world: World, message: Message, *, viewer: int | None = None) -> Json:
    """A message as a gateway event brings it: with the guild and the author's membership."""
    payload = message_json(world, message, viewer=viewer)
    channel = world.channels[message.channel_id]
    payload["channel_type"] = int(channel.type)
    if channel.type is not ChannelType.DM:
        payload["guild_id"] = str(world.guild_of(channel).id)
        member = world.members.get(message.author_id)
        if member and message.webhook_id is None:
            payload["member"] = member_json(world, member, with_user=False)
        for mentioned in payload["mentions"]:
            fellow = world.members.get(int(mentioned["id"]))
            if fellow:
                mentioned["member"] = member_json(world, fellow, with_user=False)
    return payload


def referenced(world: World, message: Message) -> Message | None:
    """The message that this one answers, if it still exists."""
    if message.reference is None:
        return None
    channel = world.channels.get(int(message.reference["channel_id"]))
    return channel.messages.get(int(message.reference["message_id"])) if channel else None


def without_content(world: World, payload: Json) -> Json:
    """What a bot without the message content intent gets.

    Its own messages, direct messages and messages that mention it keep their content.
    """
    kept = dict(payload)
    original = kept.get("referenced_message")
    if original:
        kept["referenced_message"] = without_content(
            world, {**original, "guild_id": payload.get("guild_id"), "channel_type": payload.get("channel_type")}
        )
        for helper in ("guild_id", "channel_type"):
            kept["referenced_message"].pop(helper, None)
    bot_id = str(world.bot.id)
    channel = world.channels[int(payload["channel_id"])]
    addressed = any(user["id"] == bot_id for user in payload["mentions"])
    if channel.type is ChannelType.DM or payload["author"]["id"] == bot_id or addressed:
        return kept
    return {**kept, "content": "", "embeds": [], "attachments": [], "components": []}


def emoji_json(name: str) -> Json:
    """An emoji as a reaction names it: `👍`, or `name:id` of a custom one."""
    label, _, emoji_id = name.partition(":")
    return {"id": emoji_id or None, "name": label}


def _reaction_json(name: str, who: list[int], viewer: int | None) -> Json:
    return {
        "emoji": emoji_json(name),
        "count": len(who),
        "count_details": {"normal": len(who), "burst": 0},
        "me": viewer in who,
        "me_burst": False,
        "burst_colors": [],
    }


def attachment_json(
    world: World, channel_id: int, attachment_id: int, *, name: str, secret: str, size: int, kind: str
) -> Json:
    """An uploaded file; its address holds a secret that cannot be guessed."""
    url = f"{world.base_url}/attachments/{channel_id}/{attachment_id}/{secret}/{quote(name, safe='')}"
    return {
        "id": str(attachment_id),
        "filename": name,
        "size": size,
        "url": url,
        "proxy_url": url,
        "content_type": kind,
        "flags": 0,
    }
