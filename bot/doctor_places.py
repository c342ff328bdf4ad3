"""What the bot may do in a channel, worked out of what Discord's HTTP API tells; no connection is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import discord

NEEDED = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
"""What answering in a channel takes."""


def lacking(
    channel: Mapping[str, Any], roles: Iterable[Mapping[str, Any]], member: Mapping[str, Any], me: str
) -> list[str]:
    """What the bot, `me`, lacks of `NEEDED` in a channel, in words; from the server's roles and the bot's membership.

    The order is Discord's: everybody's role and the bot's own, then the channel's word on everybody, on those roles
    together, and on the bot itself.
    """
    everybody = str(channel.get("guild_id"))
    mine = {everybody, *map(str, member.get("roles") or ())}
    allowed = 0
    for role in roles:
        if str(role["id"]) in mine:
            allowed |= int(role["permissions"])
    if not discord.Permissions(allowed).administrator:
        words = {str(each["id"]): each for each in channel.get("permission_overwrites") or ()}
        for group in ({everybody}, mine - {everybody}, {me}):
            said = [words[one] for one in group if one in words]
            for each in said:
                allowed &= ~int(each["deny"])
            for each in said:
                allowed |= int(each["allow"])
    held = discord.Permissions(allowed)
    return [
        name.replace("_", " ") for name, wanted in NEEDED if wanted and not (held.administrator or getattr(held, name))
    ]
