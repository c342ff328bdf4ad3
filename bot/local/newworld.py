"""The world at start: a guild with three channels, a member, two moderators and the bot."""

from __future__ import annotations

from bot.local.permissions import BOT, EVERYONE, MODERATOR, Permission
from bot.local.state import (
    Channel,
    ChannelType,
    Guild,
    Member,
    Overwrite,
    Role,
    Snowflakes,
    User,
    World,
    now,
)

GUILD_NAME = "Citebot test server"


def new_world(snowflakes: Snowflakes | None = None) -> World:
    """A fresh world in which nothing has been said yet."""
    new_id = snowflakes or Snowflakes()
    bot = User(new_id(), "Citebot", "Citebot", bot=True)  # a bot keeps the case of its name
    mira = User(new_id(), "mira", "Mira")
    sam = User(new_id(), "sam", "Sam")
    noor = User(new_id(), "noor", "Noor")
    guild = Guild(new_id(), GUILD_NAME, new_id())  # the owner is nobody here: moderators have only their rights
    everyone = Role(guild.id, "@everyone", int(EVERYONE), 0)
    bot_role = Role(new_id(), "Citebot", int(BOT), 1, bot_id=bot.id)
    moderators = Role(new_id(), "Moderators", int(MODERATOR), 2, colour=0x3B82F6, mentionable=True)
    joined = now()
    hidden = {
        everyone.id: Overwrite(everyone.id, 0, deny=int(Permission.VIEW_CHANNEL)),
        moderators.id: Overwrite(moderators.id, 0, allow=int(Permission.VIEW_CHANNEL)),
        bot_role.id: Overwrite(bot_role.id, 0, allow=int(Permission.VIEW_CHANNEL)),
    }
    channels = [
        Channel(new_id(), ChannelType.TEXT, "general", "Talk about anything", 0),
        Channel(new_id(), ChannelType.TEXT, "ask-the-article", "Questions about the article", 1),
        Channel(new_id(), ChannelType.TEXT, "moderators", "Moderators only", 2, overwrites=hidden),
        Channel(new_id(), ChannelType.DM, "", recipients=(mira.id, bot.id)),
        Channel(new_id(), ChannelType.DM, "", recipients=(sam.id, bot.id)),
        Channel(new_id(), ChannelType.DM, "", recipients=(noor.id, bot.id)),
    ]
    members = [
        Member(bot.id, joined, [bot_role.id]),
        Member(mira.id, joined),
        Member(sam.id, joined, [moderators.id]),
        Member(noor.id, joined, [moderators.id]),
    ]
    return World(
        new_id=new_id,
        guild=guild,
        bot=bot,
        users={user.id: user for user in (bot, mira, sam, noor)},
        members={member.user_id: member for member in members},
        roles={role.id: role for role in (everyone, bot_role, moderators)},
        channels={channel.id: channel for channel in channels},
    )
