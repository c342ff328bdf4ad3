"""The local server with a world whose every name is a script injection; run as a process of its own.

usage: python hostile_server.py; ends when stdin closes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.local import server
from bot.local.newworld import new_world
from bot.local.state import Channel, ChannelType, Member, Role, User, World, now

sys.path.append(str(Path(__file__).parents[1] / "hostile"))

from injections import INJECTIONS


def hostile_world() -> World:
    """Beside the usual people and channels, of each text a member, a role and a channel that are called by it."""
    world = new_world()
    world.guild.name = "<img src=x onerror=hacked=1>"
    for number, text in enumerate(INJECTIONS):
        user = User(world.new_id(), f"u{number}{text}"[:32], text[:32])
        role = Role(world.new_id(), text[:100], 0, 3 + number, mentionable=True)
        channel = Channel(world.new_id(), ChannelType.TEXT, text[:100], text, 3 + number)
        world.users[user.id] = user
        world.members[user.id] = Member(user.id, now(), [role.id], nick=text[:32])
        world.roles[role.id] = role
        world.channels[channel.id] = channel
    return world


if __name__ == "__main__":
    server.new_world = hostile_world
    sys.exit(server.main(["--port", "0", "--parent-pipe"]))
