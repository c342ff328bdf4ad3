"""The whole bot over the wire: the program's client, handlers, base, encoder and store, on the local server."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord.gateway
import discord.http
import pytest
import yarl

from bot.client import Citebot
from bot.config import load_config
from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_object, as_objects
from bot.local.person import Person
from bot.quiet import Quiet
from bot.running import COMMANDS_STATE, DATABASE, cooldowns_of, handler_settings, run_client, utc_now
from bot.wire import point_client_at
from handlers.services import Services
from knowledge.answerer import Answerer
from knowledge.guilds import GuildKnowledge
from knowledge.store import Store

READY_WITHIN = 60  # seconds; generous: the machine may be busy

IDEOLOGY = "does ideology matter between Russia and China"
IDEOLOGY_TITLE = "What is the role of ideology in the relationship, according to the experts?"
STRENGTH = "How strong is the partnership between China and Russia?"
CONTAINMENT = "What effect does the American drive to contain Russia and China have?"
FRANCE = "Who is the president of France?"


@dataclass(frozen=True)
class Running:
    """The whole bot, connected: what it is made of, and what it has asked of Discord."""

    bot: Citebot
    server: ServerHandle
    since: int  # the number of the last request before it started

    @property
    def services(self) -> Services:
        return self.bot.services

    async def requests(self) -> list[Json]:
        """The bot's own requests since it started, oldest first."""
        return await self.server.requests(self.since)

    async def uploads(self) -> int:
        """How often it has sent its commands."""
        return sum(item["method"] == "PUT" and "commands" in item["template"] for item in await self.requests())


RunCitebot = Callable[..., AbstractAsyncContextManager[Running]]
PersonOpener = Callable[[str], AbstractAsyncContextManager[Person]]


def runner(server: ServerHandle, answerer: Answerer) -> RunCitebot:
    """Run the program's client on a server: its files in `folder`, keywords as under `discord:` in the configuration.

    It waits for READY, stops as the program does, and must not have logged an error meanwhile.
    """

    @asynccontextmanager
    async def run(folder: Path, **settings: Any) -> AsyncGenerator[Running]:
        file = folder / "config.yaml"
        # JSON is YAML.
        cooldown = settings.pop("cooldown", {"member": 0, "channel": 0, "repeat": 0})
        written = {"discord": {"api_base": server.api_base, **settings}, "cooldown": cooldown}
        file.write_text(json.dumps(written), encoding="utf-8")
        config = load_config(file)
        before = await server.requests()
        stop, ready = asyncio.Event(), asyncio.Event()
        with _pointing_elsewhere(), Quiet().handing_over(), ThreadPoolExecutor(8) as executor, _no_errors_logged():
            async with (
                Store.open(folder / DATABASE, clock=utc_now) as store,
                GuildKnowledge(answerer, store, clock=utc_now, executor=executor) as knowledge,
            ):
                await point_client_at(config.discord.api_base, server.bot_token)
                bot = Citebot(
                    Services(
                        knowledge, store, utc_now, handler_settings(config), cooldowns=cooldowns_of(config.cooldown)
                    ),
                    config.discord,
                    state_file=folder / COMMANDS_STATE,
                    announce=_without_waiting_for_servers,
                    on_first_ready=lambda _: ready.set(),
                )
                client = asyncio.create_task(run_client(bot, server.bot_token, stop=stop))
                client.add_done_callback(lambda _: ready.set())
                try:
                    async with asyncio.timeout(READY_WITHIN):
                        await ready.wait()
                    if not client.done():
                        yield Running(bot, server, before[-1]["number"] if before else 0)
                finally:
                    stop.set()
                    await client

    return run


async def ask(person: Person, text: str, channel: str = "general") -> Json:
    """Mention the bot; its reply."""
    return await person.answer_to(await person.say(channel, f"{person.bot_mention} {text}"))


def text_of(message: Json) -> str:
    """Everything a reader sees in a message, buttons aside."""
    parts = [message["content"]]
    for embed in as_objects(message["embeds"]):
        parts += [as_object(embed.get("author")).get("name"), embed.get("title"), embed.get("description")]
        parts += [text for item in as_objects(embed.get("fields")) for text in (item["name"], item["value"])]
        parts.append(as_object(embed.get("footer")).get("text"))
    return "\n".join(part for part in parts if part)


def title_of(message: Json) -> str:
    """The title of a reply's embed."""
    (embed,) = message["embeds"]
    return str(embed["title"])


def replies_to(person: Person, question: Json) -> list[Json]:
    """All replies of the bot's to a message that a person sees."""
    return [
        message
        for message in person.seen(question["channel_id"])
        if as_object(message.get("message_reference")).get("message_id") == question["id"]
        and message["author"]["id"] == person.bot["id"]
    ]


def pinged(message: Json) -> list[str]:
    """The names of those whom a message has notified; `everyone` for a mention of all."""
    everyone = ["everyone"] if message["mention_everyone"] else []
    return [*everyone, *message["mention_roles"], *(user["username"] for user in message["mentions"])]


@contextmanager
def _pointing_elsewhere() -> Generator[None]:
    """Within the block discord.py may be pointed anywhere; afterwards it points where it did before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", "")
        patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL())
        yield


class _Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {logging.Formatter().format(record)}")


@contextmanager
def _no_errors_logged() -> Generator[None]:
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    assert errors.lines == []


def _without_waiting_for_servers(bot: Citebot) -> None:
    # discord.py waits two seconds for more servers; here there are none.
    vars(bot)["_connection"].guild_ready_timeout = 0.1
