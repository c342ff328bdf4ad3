"""Open what the bot needs, run the client until it is told to stop, close everything again."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.allocator import give_back
from bot.building import build_answerer, open_encoder, server_vectors, vector_cache
from bot.client import Citebot
from bot.config import Config, CooldownConfig
from bot.database import DATABASE
from bot.health import Health
from bot.quiet import Quiet
from bot.stopping import finish_work, stop_at_once
from bot.wire import NOT_ACCEPTED
from handlers.cooldowns import Cooldowns
from handlers.metrics import Metrics, NoMetrics
from handlers.services import HandlerSettings, Services
from knowledge.answerer import Answerer
from knowledge.errors import CitebotError, ConfigError, EncoderError
from knowledge.events import Events
from knowledge.guilds import GuildKnowledge
from knowledge.matching.encoder import Encoder
from knowledge.packset import PackSet
from knowledge.store import Store

events = Events(__name__)

COMMANDS_STATE = "commands.json"

# Beside the first index and two servers' snapshots there are some for questions. More would be too many for Python
# alone, but those of one moment share a pass of the encoder.
_THREADS = 8

# Seconds to wait for the whole index: it takes less once the vectors are cached.
_PATIENCE = 4.0


class StoppedError(Exception):
    """Told to stop before everything was open; `stop_on_signals` takes it as a quiet end."""


def utc_now() -> datetime:
    """The wall clock, as handlers and the store take it."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_services(
    config: Config,
    *,
    state_dir: Path,
    stop: asyncio.Event,
    database: Path | str = "",
    metrics: Metrics | None = None,
    health: Health | None = None,
) -> AsyncGenerator[Services]:
    """Store, base and index, for a `with` block; the index is built off the event loop.

    The store is `database`, a file or a URL; without one it is a file in `state_dir`. Without the encoder that the
    configuration names, matching goes by spelling; `health` is told why.

    Raises CitebotError where something cannot be opened, StoppedError as soon as `stop` is set meanwhile.
    """
    if stop.is_set():
        raise StoppedError
    try:
        await asyncio.to_thread(state_dir.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"data_dir: cannot create the folder {state_dir} ({error.strerror}); name one that is writable"
        ) from error
    quiet = Quiet()
    with quiet.handing_over(), ThreadPoolExecutor(_THREADS, thread_name_prefix="citebot") as executor:
        async with (
            Store.open(database or state_dir / DATABASE, clock=utc_now) as store,
            _index(config, executor, stop, health, quiet) as index,
            _knowledge(config, executor, store, index) as knowledge,
        ):
            with index.swapping(knowledge):
                services = Services(
                    knowledge,
                    store,
                    utc_now,
                    handler_settings(config),
                    metrics=metrics or NoMetrics(),
                    cooldowns=cooldowns_of(config.cooldown),
                )
                if health is not None:
                    health.services = services
                yield services


@contextlib.asynccontextmanager
async def _knowledge(
    config: Config, executor: ThreadPoolExecutor, store: Store, index: _Index
) -> AsyncGenerator[GuildKnowledge]:
    """Every server's knowledge over the packs' index."""
    loop, first = asyncio.get_running_loop(), index.taken()
    packs = await loop.run_in_executor(executor, PackSet.around, config.packs, first.base)
    vectors = functools.partial(server_vectors, config)
    most = config.servers_in_memory
    async with GuildKnowledge(
        first, store, clock=utc_now, packs=packs, executor=executor, cache=vectors, most=most
    ) as knowledge:
        del first  # it goes once another has taken its place
        yield knowledge


@dataclass(frozen=True, slots=True)
class _Index:
    """The packs' index to begin with, and the whole one where that is still being made.

    The first is large: whoever takes it has it alone.
    """

    first: list[Answerer]
    whole: asyncio.Future[Answerer] | None = None
    health: Health | None = None

    def taken(self) -> Answerer:
        """The index to begin with, which is let go of here; to be called once."""
        return self.first.pop()

    @contextlib.contextmanager
    def swapping(self, knowledge: GuildKnowledge) -> Generator[None]:
        """Within the block the whole index takes the first one's place as soon as it is made."""
        if self.whole is None:
            yield
            return
        swap = functools.partial(_swap, knowledge, self.health)
        self.whole.add_done_callback(swap)
        try:
            yield
        finally:
            self.whole.remove_done_callback(swap)


@contextlib.asynccontextmanager
async def _index(
    config: Config, executor: ThreadPoolExecutor, stop: asyncio.Event, health: Health | None, quiet: Quiet
) -> AsyncGenerator[_Index]:
    """The packs' index: whole where its vectors are kept, by spelling alone while they are being made."""
    loop, cache = asyncio.get_running_loop(), vector_cache(config)
    opening = loop.run_in_executor(executor, open_encoder, config.matching.encoder)
    await _done(opening, stop)
    encoder = _encoder_or_none(opening, health)
    first = encoder is not None and not cache.holds_vectors_of(encoder)
    building: list[asyncio.Future[Answerer]] = []

    def quietly(encoder: Encoder | None) -> Answerer:
        with quiet.making():
            return build_answerer(config, cache, encoder)

    def build(encoder: Encoder | None) -> asyncio.Future[Answerer]:
        building.append(loop.run_in_executor(executor, quietly, encoder))
        return building[-1]

    try:
        # On a first start the plain index has the machine for itself: the bot is there in a few seconds.
        plain = build(None) if first else None
        if plain is not None:
            await _done(plain, stop)
        whole = build(encoder)
        if plain is None and not await _done(whole, stop, timeout=_PATIENCE):
            plain = build(None)
            await _done(plain, stop)
        if plain is None and _failed(whole, health):
            plain = build(None)
            await _done(plain, stop)
            yield _Index([plain.result()])
            return
        if plain is None:
            yield _Index([whole.result()])
            return
        events.info("index.by_spelling", "answering by spelling until the sentence vectors are made")
        index = _Index([plain.result()], whole, health)
        building.remove(plain)
        plain = None
        yield index
    finally:
        # Whatever ends this must not wait for an index that nobody will ask.
        cache.stop()
        # Its outcome no longer matters, but a failure that nobody looks at would be logged as a mishap.
        await asyncio.gather(*building, return_exceptions=True)


def _encoder_or_none(opening: asyncio.Future[Encoder | None], health: Health | None) -> Encoder | None:
    """What was opened; None where the configuration names none, or where it cannot be used."""
    try:
        return opening.result()
    except EncoderError as error:
        events.error("encoder.missing", f"answering by spelling alone: {error}")
        _note(health, str(error))
        return None


def _failed(whole: asyncio.Future[Answerer], health: Health | None) -> bool:
    """Whether the encoder failed while vectors were made. Anything else that is wrong ends the start."""
    error = whole.exception()
    if not isinstance(error, EncoderError):
        return False
    events.error("index.failed", f"answering by spelling alone: {error}")
    _note(health, str(error))
    return True


def _note(health: Health | None, problem: str) -> None:
    if health is not None:
        health.encoder_problem = problem


def _swap(knowledge: GuildKnowledge, health: Health | None, whole: asyncio.Future[Answerer]) -> None:
    if (error := whole.exception()) is not None:
        events.error("index.failed", f"answering by spelling alone: {error}")
        _note(health, str(error))
        return
    knowledge.swap(whole.result())
    events.info("index.whole", "sentence vectors are made: answering with the whole index")
    # What making it took besides, and the first one, are much.
    asyncio.get_running_loop().run_in_executor(None, give_back)


async def _done(work: asyncio.Future[Any], stop: asyncio.Event, *, timeout: float | None = None) -> bool:  # noqa: ASYNC109
    """Whether `work` is done, at most `timeout` seconds from now. Raises StoppedError once `stop` is set."""
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({work, stopping}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    if stop.is_set():
        # Its outcome no longer matters, but a failure that nobody looks at would be logged as a mishap.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise StoppedError
    return work.done()


def cooldowns_of(config: CooldownConfig) -> Cooldowns:
    """The cooldowns that are configured."""
    return Cooldowns(member=config.member, channel=config.channel, repeat=config.repeat)


def handler_settings(config: Config) -> HandlerSettings:
    """The part of the configuration that handlers act on."""
    return HandlerSettings(
        answer_channels=frozenset(place.id for place in config.discord.answer_channels),
        moderator_roles=frozenset(place.id for place in config.discord.moderator_roles),
        message_content=config.discord.message_content,
        reply_days=config.keep_days,
        unseen_days=config.unseen_days,
        left_server_days=config.left_server_days,
        unprompted_confidence=config.matching.unprompted_at,
    )


async def run_client(bot: Citebot, token: str, *, stop: asyncio.Event) -> None:
    """Run until `stop` is set or the connection ends for good.

    Raises ConfigError for a token or an intent that Discord refuses, CitebotError where it cannot
    be reached.
    """
    async with bot:
        running = asyncio.create_task(bot.start(token))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                with _told():
                    await running
            else:
                bot.services.store.leave()
                await finish_work()
        finally:
            stopping.cancel()
            # Whatever it is in the middle of, logging in or waiting for events, ends here; `async with` closes.
            running.cancel()
            await asyncio.gather(running, stopping, return_exceptions=True)


@contextlib.contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except discord.LoginFailure as error:
        raise ConfigError(NOT_ACCEPTED) from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigError(
            "discord.message_content is true, but the message content intent is not switched on for this bot. "
            "Switch it on in the developer portal (your application, Bot, Privileged Gateway Intents), or set "
            "discord.message_content to false and leave discord.answer_channels empty"
        ) from error
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise ConfigError(NOT_ACCEPTED) from error
        raise CitebotError(f"Discord closed the connection for good (code {error.code})") from error
    except (aiohttp.ClientConnectionError, discord.GatewayNotFound, TimeoutError) as error:
        raise CitebotError(f"cannot reach Discord: {error or type(error).__name__}") from error
    except discord.HTTPException as error:
        raise CitebotError(f"Discord refused a request at start: {error}") from error


@contextlib.contextmanager
def stop_on_signals(stop: asyncio.Event) -> Generator[None]:
    """Within the block, Ctrl-C and SIGTERM set `stop` instead of tearing the loop down; a second one ends all at once.

    A start that gave up because of them (StoppedError) ends the block quietly.
    """
    loop = asyncio.get_running_loop()
    caught: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers: there Ctrl-C cancels the main task, which closes all the same.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop_at_once, stop)
            caught.append(number)
    try:
        yield
    except StoppedError:
        events.info("stopped", "before everything was open")
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
