"""The real client, as the program builds it, against the local server over real sockets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import discord.gateway
import discord.http
import pytest

from bot.client import LEAST_PERMISSIONS, Citebot, invite_link, least_intents
from bot.config import Config, load_config
from bot.local.handle import ServerHandle
from bot.local.server import Settings, serve
from bot.running import handler_settings, run_client, utc_now
from bot.settings import Place
from bot.wire import point_client_at
from handlers.services import Services
from knowledge.answerer import Answerer
from knowledge.errors import CitebotError, ConfigError
from knowledge.guilds import GuildKnowledge
from knowledge.packs import load_pack
from knowledge.store import Store


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServerHandle]:
    """A local server; where discord.py points is put back afterwards."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    websocket = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(websocket, "DEFAULT_GATEWAY", websocket.DEFAULT_GATEWAY)
    async with serve(Settings()) as ready:
        yield ServerHandle.from_ready(ready)


@pytest.fixture
async def services(folder: Path, pack: Path) -> AsyncIterator[Services]:
    config = load_config()
    answerer = Answerer.build(load_pack(pack), encoder=None)
    async with (
        Store.open(folder / "store.sqlite3", clock=utc_now) as store,
        GuildKnowledge(answerer, store, clock=utc_now) as knowledge,
    ):
        yield Services(knowledge, store, utc_now, handler_settings(config))


class Session:
    """One run of the program's client, from login to READY to a graceful stop."""

    def __init__(self, server: ServerHandle, services: Services, folder: Path) -> None:
        self.server, self.services, self.state = server, services, folder / "commands.json"
        self.announced: list[str] = []

    async def run(
        self,
        config: Config | None = None,
        *,
        token: str = "",
        when_ready: Callable[[Citebot], None] = lambda _: None,
        change: Callable[[Citebot], None] = lambda _: None,
        stop: asyncio.Event | None = None,
    ) -> list[str]:
        """Run until READY, or until the test says `stop`; the commands that were sent ("PUT /applications/…")."""
        before = len(await self.server.requests())
        at_once, stop = stop is None, stop or asyncio.Event()

        def ready(bot: Citebot) -> None:
            when_ready(bot)
            if at_once:
                stop.set()

        def announce(bot: Citebot) -> None:
            assert bot.application_id is not None
            self.announced.append(invite_link(bot.application_id))
            # Two seconds of waiting for more servers, of which there are none here.
            vars(bot)["_connection"].guild_ready_timeout = 0.1
            change(bot)

        token = token or self.server.bot_token
        await point_client_at(self.server.api_base, token)
        discord_config = (config or load_config()).discord
        bot = Citebot(self.services, discord_config, state_file=self.state, announce=announce, on_first_ready=ready)
        async with asyncio.timeout(20):
            await run_client(bot, token, stop=stop)
        assert bot.is_closed()
        after = (await self.server.requests())[before:]
        return [f"{r['method']} {r['template']}" for r in after if r["method"] == "PUT" and "commands" in r["template"]]


@pytest.fixture
def session(server: ServerHandle, services: Services, folder: Path) -> Session:
    return Session(server, services, folder)


async def test_commands_are_sent_only_when_they_changed(session: Session) -> None:
    assert len(await session.run()) == 1
    assert await session.run() == []

    def add(bot: Citebot) -> None:
        @bot.tree.command(name="extra", description="One more")
        async def extra(_: discord.Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
            """Nothing."""

    assert len(await session.run(change=add)) == 1
    assert len(await session.run()) == 1
    # Somebody else changed them meanwhile: what Discord holds is no longer what was sent.
    session.state.write_text(session.state.read_text().replace('"held": "', '"held": "0'))
    assert len(await session.run()) == 1
    session.state.write_text("not json")
    assert len(await session.run()) == 1


async def test_a_test_guild_gets_the_commands_alone(session: Session, folder: Path) -> None:
    guilds: list[int] = []
    await session.run(when_ready=lambda bot: guilds.extend(guild.id for guild in bot.guilds))
    (folder / "config.yaml").write_text(f"discord: {{test_guild: {guilds[0]}}}\n", encoding="utf-8")
    sent = await session.run(load_config())
    assert len(sent) == 1
    assert "guilds" in sent[0]


async def test_a_wrong_token_is_one_clear_line_without_it(session: Session) -> None:
    with pytest.raises(ConfigError, match="DISCORD_TOKEN") as caught:
        await session.run(token="wrong.token.here")
    assert "wrong.token.here" not in str(caught.value)


async def test_nothing_listening_is_one_clear_line() -> None:
    with pytest.raises(CitebotError, match=r"cannot reach http://127\.0\.0\.1:9"):
        await point_client_at("http://127.0.0.1:9/api/v10", "token")


async def test_something_else_than_discord_is_told(server: ServerHandle) -> None:
    with pytest.raises(ConfigError, match=r"discord\.api_base"):
        await point_client_at(f"{server.origin}/elsewhere", server.bot_token)


async def test_what_the_server_lacks_is_named(session: Session, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "config.yaml").write_text(
        "discord:\n  message_content: true\n  answer_channels: {help-desk: 4242}\n  moderator_roles: [4343]\n",
        encoding="utf-8",
    )
    with caplog.at_level(logging.WARNING):
        await session.run(load_config())
    assert "discord.answer_channels: no server of the bot has the channel help-desk (4242)" in caplog.text
    assert "discord.moderator_roles: no server of the bot has the role 4343" in caplog.text


async def test_the_invite_asks_for_the_least(session: Session) -> None:
    await session.run()
    (link,) = session.announced
    assert "scope=bot+applications.commands" in link
    assert f"permissions={LEAST_PERMISSIONS.value}" in link
    names = {name for name, allowed in LEAST_PERMISSIONS if allowed}
    assert names == {
        "read_messages",  # View Channels
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "read_message_history",
    }


def test_intents_are_the_least() -> None:
    assert {name for name, on in least_intents(message_content=False) if on} == {
        "guilds",
        "guild_messages",
        "dm_messages",
    }
    assert least_intents(message_content=True).message_content


async def test_expired_replies_are_cleared_at_start(session: Session) -> None:
    cleared: list[int] = []
    purge, stop = session.services.store.purge, asyncio.Event()

    async def watched() -> int:
        cleared.append(await purge())
        stop.set()
        return cleared[-1]

    session.services.store.purge = watched  # type: ignore[method-assign]
    await session.run(stop=stop)
    assert cleared == [0]


async def test_a_missing_intent_says_where_to_switch_it_on(session: Session, folder: Path) -> None:
    await session.server.control("intents", {"message_content": False})
    (folder / "config.yaml").write_text("discord: {message_content: true}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="Privileged Gateway Intents"):
        await session.run(load_config())
    # Without asking for it, the same bot starts.
    (folder / "config.yaml").unlink()
    assert await session.run() == []


def test_a_place_shows_its_name() -> None:
    assert str(Place(7, "help")) == "help (7)"
    assert str(Place(7)) == "7"
