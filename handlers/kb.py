"""`/kb`: the group of the moderators' commands. Each capability adds its own to it."""

from __future__ import annotations

from discord import app_commands


def kb_group() -> app_commands.Group:
    """A new group, for one bot. Its commands check who uses them: Discord's own setting is only a hint."""
    return app_commands.Group(
        name="kb",
        description="For moderators: this server's knowledge",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
