"""Every setting, once: its name, what it takes, its default, and what it is for.

The configuration file, the example file and the documentation are all checked against this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from knowledge.answerer import Policy

DISCORD_API_BASE = "https://discord.com/api/v10"
DEFAULT_PACK = "china-russia"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or role in the configuration: its Discord id, and its name where one was given."""

    id: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else str(self.id)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting takes: in words, as JSON Schema, and how a checked value becomes the program's."""

    words: str
    schema: dict[str, Any]
    convert: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: dotted name, what it takes, default as in YAML, and a sentence of help."""

    name: str
    kind: Kind
    default: object
    help: str


def _places(value: list[int | str] | dict[str, int | str]) -> tuple[Place, ...]:
    if isinstance(value, dict):
        return tuple(Place(int(number), name) for name, number in value.items())
    return tuple(Place(int(number)) for number in value)


# Ids may be written with or without quotes; as a number they fit in 63 bits.
_ID: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1},
        {
            "type": "string",
            "pattern": "^[1-9][0-9]{0,18}$",
            "patternErrorMessage": "is not a Discord id: copy it with Copy ID in Discord's menus (developer mode)",
        },
    ]
}
_SOME_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}

TEXT = Kind("a text", _SOME_TEXT, str)
DATABASE_URL = Kind(
    "a database URL, or nothing",
    {
        "type": "string",
        "writeOnly": True,
        "pattern": "^$|^[a-z][a-z0-9+]*://.+$",
        "patternErrorMessage": "is not a database URL: it looks like postgresql://user@host:5432/database",
    },
    str,
)
TEXTS = Kind("a list of texts", {"type": "array", "minItems": 1, "uniqueItems": True, "items": _SOME_TEXT}, tuple)
FLAG = Kind("`true` or `false`", {"type": "boolean"}, bool)
GUILD = Kind(
    "a server's id, or `null`",
    {"anyOf": [*_ID["anyOf"], {"type": "null"}]},
    lambda value: None if value is None else int(value),
)
PLACES = Kind(
    "a list of ids, or `name: id` pairs",
    {"anyOf": [{"type": "array", "items": _ID}, {"type": "object", "additionalProperties": _ID}]},
    _places,
)
SHARE = Kind("a number from 0 to 1", {"type": "number", "minimum": 0, "maximum": 1}, float)
PART = Kind(
    "a number above 0 and below 1",
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    float,
)
COST = Kind("a number from 0.1 to 40", {"type": "number", "minimum": 0.1, "maximum": 40}, float)
DAYS = Kind("a whole number from 1 to 365", {"type": "integer", "minimum": 1, "maximum": 365}, int)
ADDRESS = Kind(
    "an http or https address",
    {
        "type": "string",
        "writeOnly": True,
        "pattern": r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$",
        "patternErrorMessage": "is not the address of an API, without user and password: it looks like "
        + DISCORD_API_BASE,
    },
    lambda value: str(value).rstrip("/"),
)
LEVEL = Kind(
    "`DEBUG`, `INFO`, `WARNING` or `ERROR`",
    {"type": "string", "enum": ["DEBUG", "INFO", "WARNING", "ERROR"]},
    str,
)

COUNT = Kind("a whole number from 0 to 3600", {"type": "integer", "minimum": 0, "maximum": 3600}, int)
SERVERS = Kind("a whole number from 1 to 10000", {"type": "integer", "minimum": 1, "maximum": 10_000}, int)
RATE = Kind("a whole number from 0 to 500", {"type": "integer", "minimum": 0, "maximum": 500}, int)
SHARDS = Kind("a whole number from 0 to 10000", {"type": "integer", "minimum": 0, "maximum": 10_000}, int)
SHARD_IDS = Kind(
    "a list of whole numbers from 0 up",
    {"type": "array", "uniqueItems": True, "items": {"type": "integer", "minimum": 0, "maximum": 9999}},
    tuple,
)
PORT = Kind("a port, or 0 for none", {"type": "integer", "minimum": 0, "maximum": 65535}, int)
STYLE = Kind("`text` or `json`", {"type": "string", "enum": ["text", "json"]}, str)

_POLICY = Policy()

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "packs",
        TEXTS,
        [DEFAULT_PACK],
        "The knowledge packs to answer from: names of packs that come with Citebot, or paths of folders or files.",
    ),
    Setting(
        "data_dir",
        TEXT,
        "data",
        "The folder for the database and caches, created where missing; a relative path counts from where "
        "Citebot is started.",
    ),
    Setting(
        "database",
        DATABASE_URL,
        "",
        "The PostgreSQL database to use, as a URL; empty for a file in data_dir. The environment variable "
        "CITEBOT_DATABASE goes before it: a password belongs there.",
    ),
    Setting(
        "discord.answer_channels",
        PLACES,
        [],
        "Channels where messages that do not address the bot are answered too, if it is very sure. "
        "Needs discord.message_content.",
    ),
    Setting(
        "discord.moderator_roles",
        PLACES,
        [],
        "Roles whose members may remove any of the bot's replies, as may everyone who manages messages.",
    ),
    Setting(
        "discord.message_content",
        FLAG,
        False,
        "Ask Discord for the text of all messages. Only discord.answer_channels needs it; switch the message "
        "content intent on in the developer portal too.",
    ),
    Setting(
        "discord.test_guild",
        GUILD,
        None,
        "A server for trying things out: the commands are registered there alone, where they show at once.",
    ),
    Setting(
        "discord.api_base",
        ADDRESS,
        DISCORD_API_BASE,
        "The HTTP API to talk to: Discord's, or any Discord-compatible server's; the gateway's address comes from it.",
    ),
    Setting(
        "discord.requests_per_second",
        RATE,
        45,
        "Requests to Discord a second at most, so that its limit for all of a bot's (50 for most) is not met; 0 for "
        "any number.",
    ),
    Setting(
        "discord.shards",
        SHARDS,
        0,
        "How many connections to Discord all of this bot's processes open together; 0 for as many as Discord "
        "recommends.",
    ),
    Setting(
        "discord.shard_ids",
        SHARD_IDS,
        [],
        "Which of them this process opens, counted from 0; none named means all. Several processes need discord.shards "
        "and one PostgreSQL database.",
    ),
    Setting(
        "matching.encoder",
        TEXT,
        "bundled",
        "The sentence encoder: `bundled`, `bundled-small` (110 MB less memory, 0.1 s more a question), `none` (words "
        "and spelling only), or the path of a folder with a sentence-transformers ONNX export.",
    ),
    Setting(
        "matching.wrong_costs",
        COST,
        _POLICY.wrong_costs,
        "The price of a wrong answer: it costs as much as this many missed ones. The bot answers from a "
        "confidence of N / (N + 1) up.",
    ),
    Setting(
        "matching.off_base",
        PART,
        _POLICY.off_base,
        "The share of questions that the base does not answer, at which confidence is meant. What a server asks tells "
        "more in time: then it is a share between the two.",
    ),
    Setting(
        "matching.suggest_at",
        SHARE,
        _POLICY.suggest_at,
        "Offer the closest questions from this confidence up; below it, say that the base has nothing.",
    ),
    Setting(
        "matching.unprompted_at",
        SHARE,
        _POLICY.unprompted_at,
        "Answer messages in discord.answer_channels that do not address the bot from this confidence up.",
    ),
    Setting(
        "memory.servers",
        SERVERS,
        50,
        "Servers with knowledge of their own whose index is kept in memory; for the next one the least used is "
        "dropped, and made anew when somebody asks there.",
    ),
    Setting(
        "cooldown.member",
        COUNT,
        10,
        "Questions of one member within a minute that are answered in a server; with one more they are told once to "
        "wait. 0 for any number.",
    ),
    Setting(
        "cooldown.channel",
        COUNT,
        30,
        "Questions within a minute that are answered in one channel for all to see; with one more the channel is told "
        "once to wait. 0 for any number.",
    ),
    Setting(
        "cooldown.repeat",
        COUNT,
        30,
        "Seconds within which the same answer is not posted again in a channel: whoever asks for it gets the link of "
        "the reply that stands there. 0 to repeat it each time.",
    ),
    Setting(
        "replies.keep_days",
        DAYS,
        30,
        "How long to remember which message a reply answers, for its buttons and for edited questions; then it "
        "is forgotten.",
    ),
    Setting(
        "privacy.unseen_days",
        DAYS,
        365,
        "After how many days a person is taken out of what is kept of a server, if nothing that they did there "
        "is newer.",
    ),
    Setting(
        "privacy.left_server_days",
        DAYS,
        30,
        "How long everything of a server is kept after the bot was removed from it, in case that it comes back.",
    ),
    Setting(
        "log.level",
        LEVEL,
        "INFO",
        "What to log on stderr. No level but DEBUG shows any message's text.",
    ),
    Setting(
        "log.format",
        STYLE,
        "text",
        "How: one line an event, for people, or one JSON object a line, for programs.",
    ),
    Setting(
        "health.port",
        PORT,
        8738,
        "The port on 127.0.0.1 that tells how the bot is (/healthz) and what it does (/metrics); 0 for none.",
    ),
)


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file, made from the table."""
    root: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {}}
    for setting in SETTINGS:
        here = root
        *groups, key = setting.name.split(".")
        for group in groups:
            empty: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {}}
            here = here["properties"].setdefault(group, empty)
        here["properties"][key] = {"description": setting.help, **setting.kind.schema}
    return root
