"""Puts every handler on a bot: the program, the tests and the wire tests all use this one function."""

from __future__ import annotations

from discord.ext import commands

from handlers.services import Services


async def setup(bot: commands.Bot, services: Services) -> None:
    """Add cogs, commands, buttons that survive restarts and the error handler. Call once, before login."""
    cogs: tuple[commands.Cog, ...] = ()
    for cog in cogs:
        await bot.add_cog(cog)
    _ = services
