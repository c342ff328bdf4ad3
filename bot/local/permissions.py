"""Discord's permissions: the bits that matter here and how they add up in a channel."""

from __future__ import annotations

from enum import IntFlag

from bot.local.state import Channel, ChannelType, Member, World


class Permission(IntFlag):
    """The permission bits that the server looks at or hands out."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


ALL = Permission(sum(Permission))

# What a new Discord server grants everyone, without the right to ping everyone.
EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

MODERATOR = (
    Permission.MANAGE_GUILD
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.KICK_MEMBERS
    | Permission.MODERATE_MEMBERS
    | Permission.MENTION_EVERYONE
)

# What the bot's invite link asks for; @everyone's come on top, unless a channel denies them.
BOT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
)

DIRECT = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
)


def guild_permissions(world: World, member: Member) -> Permission:
    """What a member may do before any channel has its say."""
    if member.user_id == world.guild.owner_id:
        return ALL
    total = Permission(world.roles[world.guild.id].permissions)
    for role_id in member.roles:
        total |= Permission(world.roles[role_id].permissions)
    return ALL if Permission.ADMINISTRATOR in total else total


def channel_permissions(world: World, user_id: int, channel: Channel) -> Permission:
    """What a user may do in a channel; in a thread, its parent's rules hold."""
    if channel.type is ChannelType.DM:
        return DIRECT if user_id in channel.recipients else Permission(0)
    member = world.members.get(user_id)
    if member is None:
        return Permission(0)
    total = guild_permissions(world, member)
    if total == ALL:
        return total
    parent = world.channels.get(channel.parent_id) if channel.parent_id else None
    overwrites = (parent or channel).overwrites
    everyone = overwrites.get(world.guild.id)
    if everyone:
        total = (total & ~Permission(everyone.deny)) | Permission(everyone.allow)
    held = [overwrites[role_id] for role_id in member.roles if role_id in overwrites]
    for overwrite in held:
        total &= ~Permission(overwrite.deny)
    for overwrite in held:
        total |= Permission(overwrite.allow)
    own = overwrites.get(user_id)
    if own:
        total = (total & ~Permission(own.deny)) | Permission(own.allow)
    return total if Permission.VIEW_CHANNEL in total else Permission(0)


def may_speak(world: World, user_id: int, channel: Channel) -> bool:
    """Whether a user may post in a channel or thread."""
    needed = (
        Permission.SEND_MESSAGES_IN_THREADS if channel.type is ChannelType.PUBLIC_THREAD else Permission.SEND_MESSAGES
    )
    return needed in channel_permissions(world, user_id, channel)


def permission_named(name: str) -> Permission:
    """A permission by its name, in any case, as `embed_links`.

    Raises:
        KeyError: no such permission here.
    """
    return Permission[name.upper()]
