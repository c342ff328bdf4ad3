"""Tell Discord about the commands, but only when they changed: creating them is rationed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import discord
from discord import app_commands

from knowledge.errors import ConfigError


async def sync_commands(tree: app_commands.CommandTree[Any], *, test_guild: int | None, state_file: Path) -> bool:
    """Upload the tree's commands if they, or what Discord holds, differ from the last time.

    With `test_guild` they go to that server alone, where they show at once. `state_file` remembers
    one hash of what was sent and one of what Discord made of it. Returns whether anything was sent.
    Raises ConfigError when the bot may not create commands in the test guild.
    """
    guild = discord.Object(test_guild) if test_guild is not None else None
    if guild is not None:
        tree.copy_global_to(guild=guild)
    scope = f"{tree.client.application_id}:{test_guild or 'global'}"
    digest = commands_hash(tree, guild)
    state = _read_state(state_file)
    try:
        known = state.get(scope)
        if known is not None and known.get("hash") == digest:
            held = await tree.fetch_commands(guild=guild)
            if held_hash(held) == known.get("held"):
                return False
        synced = await tree.sync(guild=guild)
    except discord.Forbidden as error:
        raise ConfigError(
            f"discord.test_guild: the bot may not create commands in server {test_guild}. "
            "Invite it there with the link above, or correct the number"
        ) from error
    state[scope] = {"hash": digest, "held": held_hash(synced)}
    _write_state(state_file, state)
    return True


def commands_hash(tree: app_commands.CommandTree[Any], guild: discord.abc.Snowflake | None) -> str:
    """A hash of the commands as they would be sent; their order does not count."""
    return _hash(command.to_dict(tree) for command in tree.get_commands(guild=guild, type=None))


def held_hash(commands: Iterable[app_commands.AppCommand]) -> str:
    """A hash of the commands as Discord holds them, so that a change made elsewhere is noticed."""
    return _hash(command.to_dict() for command in commands)


def _hash(payloads: Iterable[object]) -> str:
    texts = sorted(json.dumps(payload, sort_keys=True, default=str) for payload in payloads)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _read_state(path: Path) -> dict[str, dict[str, Any]]:
    try:
        state: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Nothing is lost with it: the commands are sent once more than needed.
        return {}
    return cast("dict[str, dict[str, Any]]", state) if isinstance(state, dict) else {}


def _write_state(path: Path, state: dict[str, dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1, sort_keys=True), encoding="utf-8")
    fresh.replace(path)
