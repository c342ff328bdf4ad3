"""State in, Discord's JSON out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from bot.local.jsontypes import Json
from bot.local.permissions import channel_permissions
from bot.local.state import Channel, ChannelType, Member, Message, MessageType, Role, User, World

HAS_REFERENCE = (MessageType.REPLY, MessageType.THREAD_STARTER_MESSAGE, MessageType.CONTEXT_MENU_COMMAND)


def timestamp(moment: datetime) -> str:
    """A moment as Discord writes it, with microseconds and offset."""
    return moment.isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    """A user."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.display_name,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "bot": user.bot,
        "flags": 0,
        "public_flags": 0,
    }


def own_user_json(user: User) -> Json:
    """The bot's own account."""
    return {**user_json(user), "verified": True, "mfa_enabled": True, "email": None, "locale": "en-GB"}


def member_json(world: World, member: Member, *, with_user: bool = True) -> Json:
    """A member; inside a message the user is left out, as the author carries it."""
    payload: Json = {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": timestamp(member.joined_at),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user_json(world.users[member.user_id])
    return payload


def role_json(role: Role) -> Json:
    """A role."""
    payload: Json = {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.colour,
        "colors": {"primary_color": role.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        payload["tags"] = {"bot_id": str(role.bot_id)}
    return payload


def channel_json(world: World, channel: Channel) -> Json:
    """A channel, a thread or a direct message as the bot sees it."""
    last = str(channel.last_message_id) if channel.last_message_id else None
    payload: Json = {
        "id": str(channel.id),
        "type": int(channel.type),
        "flags": 0,
        "last_message_id": last,
        "last_pin_timestamp": None,
    }
    if channel.type is ChannelType.DM:
        others = [world.users[user_id] for user_id in channel.recipients if user_id != world.bot.id]
        return {**payload, "recipients": [user_json(user) for user in others]}
    payload |= {
        "guild_id": str(world.guild.id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": 0,
    }
    if channel.type is ChannelType.PUBLIC_THREAD:
        return {**payload, **_thread_fields(channel)}
    payload |= {
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": False,
        "permission_overwrites": [
            {"id": str(item.id), "type": item.kind, "allow": str(item.allow), "deny": str(item.deny)}
            for item in channel.overwrites.values()
        ],
    }
    if channel.type is ChannelType.FORUM:
        payload |= {
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return payload


def _thread_fields(channel: Channel) -> Json:
    count = len(channel.messages)
    return {
        "owner_id": str(channel.owner_id),
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
        "applied_tags": [],
        "thread_metadata": {
            "archived": False,
            "locked": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": timestamp(channel.created_at),
            "create_timestamp": timestamp(channel.created_at),
        },
    }


def guild_json(world: World) -> Json:
    """The guild as GET /guilds/{id} answers it."""
    return {
        "id": str(world.guild.id),
        "name": world.guild.name,
        "owner_id": str(world.guild.owner_id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": "A stand-in on this machine, not Discord.",
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "application_id": None,
        "vanity_url_code": None,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-GB",
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [role_json(role) for role in world.roles.values()],
    }


def guild_create_json(world: World, *, all_members: bool) -> Json:
    """The guild as GUILD_CREATE brings it; without the members intent only the bot is listed."""
    members = [
        member_json(world, member) for member in world.members.values() if all_members or member.user_id == world.bot.id
    ]
    visible = [
        channel
        for channel in world.channels.values()
        if channel.type is not ChannelType.DM and channel_permissions(world, world.bot.id, channel)
    ]
    return {
        **guild_json(world),
        "joined_at": timestamp(world.members[world.bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "members": members,
        "channels": [
            channel_json(world, channel) for channel in visible if channel.type is not ChannelType.PUBLIC_THREAD
        ],
        "threads": [channel_json(world, channel) for channel in visible if channel.type is ChannelType.PUBLIC_THREAD],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


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
        payload["guild_id"] = str(world.guild.id)
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


def application_json(world: World) -> Json:
    """The bot's application."""
    owner = world.people[-1]
    return {
        "id": str(world.bot.id),
        "name": world.bot.display_name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(world),
        "owner": user_json(owner),
        "team": None,
        "bot": user_json(world.bot),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "integration_types_config": {"0": {}},
    }


def application_flags(world: World) -> int:
    """Which privileged intents the developer portal grants (the bits for small bots)."""
    flags = 1 << 23  # has application commands
    flags |= (1 << 19) * world.message_content_allowed
    flags |= (1 << 15) * world.members_allowed
    return flags | (1 << 13) * world.presences_allowed


def interaction_channel_json(world: World, channel: Channel, user_id: int) -> Json:
    """The channel as an interaction carries it, with the person's permissions."""
    payload = channel_json(world, channel)
    payload.pop("permission_overwrites", None)
    payload["permissions"] = str(int(channel_permissions(world, user_id, channel)))
    return payload
