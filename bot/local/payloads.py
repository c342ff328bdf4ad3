"""State in, Discord's JSON out."""

from __future__ import annotations

from datetime import datetime

from bot.local.jsontypes import Json
from bot.local.permissions import channel_permissions
from bot.local.state import Channel, ChannelType, Guild, Member, Role, User, World


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
        "guild_id": str(world.guild_of(channel).id),
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


def guild_json(world: World, guild: Guild | None = None) -> Json:
    """A guild as GET /guilds/{id} answers it, the first where none is named; all have the same roles."""
    guild = guild or world.guild
    everyone = role_json(world.roles[world.guild.id])
    roles = [role_json(role) for role in world.roles.values() if role.id != world.guild.id]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
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
        "roles": [{**everyone, "id": str(guild.id)}, *roles],
    }


def guild_create_json(world: World, guild: Guild, *, all_members: bool) -> Json:
    """A guild as GUILD_CREATE brings it; without the members intent only the bot is listed."""
    members = [
        member_json(world, member) for member in world.members.values() if all_members or member.user_id == world.bot.id
    ]
    visible = [
        channel
        for channel in world.channels.values()
        if channel.type is not ChannelType.DM
        and world.guild_of(channel) is guild
        and channel_permissions(world, world.bot.id, channel)
    ]
    return {
        **guild_json(world, guild),
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
