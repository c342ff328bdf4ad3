"""The configuration: an optional YAML file, checked whole, into frozen dataclasses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from bot.settings import SETTINGS, Place, schema
from knowledge.answerer import Policy
from knowledge.errors import ConfigError, PackError, Problem
from knowledge.yamlfile import read_checked

DEFAULT_FILE = Path("config.yaml")


@dataclass(frozen=True, slots=True)
class DiscordConfig:
    """Where and as what the bot is on Discord."""

    answer_channels: tuple[Place, ...]
    moderator_roles: tuple[Place, ...]
    message_content: bool
    test_guild: int | None
    api_base: str
    requests_per_second: int
    shards: int
    shard_ids: tuple[int, ...]

    def serves(self, guild: int) -> bool:
        """Whether a server is one of those that Discord tells this process of."""
        return not self.shard_ids or (guild >> 22) % self.shards in self.shard_ids


@dataclass(frozen=True, slots=True)
class CooldownConfig:
    """Questions a minute of a member and in a channel, and seconds without repetition; 0 for no limit."""

    member: int
    channel: int
    repeat: int


@dataclass(frozen=True, slots=True)
class MatchingConfig:
    """The encoder (`bundled`, `bundled-small`, `none` or a folder) and when to answer, as in `Policy`."""

    encoder: str
    wrong_costs: float
    off_base: float
    suggest_at: float
    unprompted_at: float

    @property
    def policy(self) -> Policy:
        """The thresholds as the matcher takes them."""
        return Policy(
            wrong_costs=self.wrong_costs,
            off_base=self.off_base,
            suggest_at=self.suggest_at,
            unprompted_at=self.unprompted_at,
        )


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set, but the token."""

    packs: tuple[str, ...]
    data_dir: Path
    database: str
    discord: DiscordConfig
    matching: MatchingConfig
    cooldown: CooldownConfig
    keep_days: int
    servers_in_memory: int
    unseen_days: int
    left_server_days: int
    log_level: str
    log_format: str
    health_port: int

    def with_packs(self, packs: tuple[str, ...]) -> Config:
        """The same configuration with other packs."""
        return replace(self, packs=packs)

    def with_encoder(self, encoder: str) -> Config:
        """The same configuration with another encoder."""
        return replace(self, matching=replace(self.matching, encoder=encoder))


# Three parts with dots between: how a bot's token looks.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{12,}\.[\w-]{5,}\.[\w-]{10,}")


def load_config(path: Path | None = None) -> Config:
    """The configuration from `path`, or from config.yaml in the current folder, or the defaults.

    Raises ConfigError with everything that is wrong: file, line, setting, what to do.
    """
    if path is None and not DEFAULT_FILE.exists():
        return _config({})
    file = path or DEFAULT_FILE
    try:
        data, lines = read_checked(file, schema())
    except PackError as error:
        raise ConfigError("\n".join(str(_without_token(problem)) for problem in error.problems)) from error
    config = _config(data)
    problems = [str(lines.problem(tuple(name.split(".")), text)) for name, text in _contradictions(config)]
    if problems:
        raise ConfigError("\n".join(problems))
    return config


def default_values() -> dict[str, object]:
    """Every setting's default, as YAML has it, by dotted name."""
    return {setting.name: setting.default for setting in SETTINGS}


def _config(data: Mapping[str, Any]) -> Config:
    values = {s.name: s.kind.convert(_find(data, s.name, s.default)) for s in SETTINGS}

    def group(name: str) -> dict[str, Any]:
        return {key.removeprefix(f"{name}."): v for key, v in values.items() if key.startswith(f"{name}.")}

    return Config(
        packs=cast("tuple[str, ...]", values["packs"]),
        data_dir=Path(os.path.expanduser(cast("str", values["data_dir"]))),
        database=cast("str", values["database"]),
        discord=DiscordConfig(**group("discord")),
        matching=MatchingConfig(**group("matching")),
        cooldown=CooldownConfig(**group("cooldown")),
        keep_days=cast("int", values["replies.keep_days"]),
        servers_in_memory=cast("int", values["memory.servers"]),
        unseen_days=cast("int", values["privacy.unseen_days"]),
        left_server_days=cast("int", values["privacy.left_server_days"]),
        log_level=cast("str", values["log.level"]),
        log_format=cast("str", values["log.format"]),
        health_port=cast("int", values["health.port"]),
    )


def _find(data: Mapping[str, Any], name: str, default: object) -> object:
    here: Any = data
    for key in name.split("."):
        if not isinstance(here, Mapping) or key not in here:
            return default
        here = cast("Mapping[str, Any]", here)[key]
    return here


def _contradictions(config: Config) -> Iterator[tuple[str, str]]:
    discord, matching = config.discord, config.matching
    at = matching.policy.answer_at
    if str(config.data_dir).startswith("~"):
        yield ("data_dir", f"is {config.data_dir}, but there is no such user here: write ~/ or the whole path")
    if discord.answer_channels and not discord.message_content:
        yield (
            "discord.answer_channels",
            "needs discord.message_content: true, because Discord withholds the text of such messages otherwise",
        )
    if discord.shard_ids and max(discord.shard_ids) >= discord.shards:
        yield (
            "discord.shard_ids",
            f"names {max(discord.shard_ids)}, but discord.shards is {discord.shards}: set that to how many there are "
            "in all, and count from 0",
        )
    if matching.suggest_at > at:
        yield (
            "matching.suggest_at",
            f"is {matching.suggest_at}, but must not be above the confidence that the bot answers from ({at:.2f}, "
            "which follows from matching.wrong_costs)",
        )
    if matching.unprompted_at < at:
        yield (
            "matching.unprompted_at",
            f"is {matching.unprompted_at}, but must not be below the confidence that the bot answers from ({at:.2f}, "
            "which follows from matching.wrong_costs)",
        )


def _without_token(problem: Problem) -> Problem:
    is_one = _TOKEN.search(f"{problem.field} {problem.message}") is not None
    if not is_one and ("token" not in problem.field.casefold() or "unknown key" not in problem.message):
        return problem
    return replace(
        problem,
        field="(not shown)" if is_one else problem.field,
        message="the token never stands in the configuration: take it out, put it into the environment variable "
        "DISCORD_TOKEN or into a file that DISCORD_TOKEN_FILE names, and reset it if others could read this file",
    )
