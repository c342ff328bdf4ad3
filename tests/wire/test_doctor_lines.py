"""Each line of `citebot doctor`, well and broken: a real server of Discord's API, real databases, real files.

Where the local server cannot be that broken, one answer of it is changed on its way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from test_doctor import doctor, found

from bot import doctor_here
from bot.config import Config, Place, load_config
from bot.doctor_discord import look_at_discord
from bot.doctor_here import look_here
from bot.findings import Finding
from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from knowledge.store import Store

Lines = dict[str, tuple[str, str]]
Edit = Callable[[Any], Any]


def utc_now() -> datetime:
    return datetime.now(UTC)


def lines(findings: list[Finding]) -> Lines:
    return {finding.what: (finding.mark.value, finding.told) for finding in findings}


async def looked(server: ServerHandle, *, apart: float = 0, base: str = "", **discord: Any) -> Lines:
    config = load_config(None)
    config = replace(config, discord=replace(config.discord, api_base=base or server.api_base, **discord))
    now = timedelta(seconds=apart)
    return lines(await look_at_discord(config, server.bot_token, now=lambda: utc_now() + now))


async def told_by(server: ServerHandle, path: str) -> Any:
    headers = {"Authorization": f"Bot {server.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{server.api_base}{path}") as response:
        return await response.json()


@asynccontextmanager
async def changing(server: ServerHandle, path: str, edit: Edit) -> AsyncGenerator[str]:
    """The address of an API that is the server's, but for what it says at one path."""

    async def pass_on(request: web.Request) -> web.Response:
        headers = {"Authorization": request.headers["Authorization"]}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{server.api_base}{request.path}") as response,
        ):
            body = await response.json()
            if request.path == path:
                body = edit(body)
            return web.json_response(body, status=response.status)

    app = web.Application()
    app.router.add_get("/{rest:.*}", pass_on)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def place(server: ServerHandle, kind: str, name: str) -> tuple[Place]:
    (guild,) = await told_by(server, "/users/@me/guilds")
    found = next(item for item in await told_by(server, f"/guilds/{guild['id']}/{kind}") if item["name"] == name)
    return (Place(int(found["id"]), name),)


class TestDiscord:
    async def test_token(self, fresh_server: ServerHandle) -> None:
        mark, told = (await looked(fresh_server))["token"]
        assert (mark, told) == ("ok", "accepted: it is Citebot's")
        wrong = lines(await look_at_discord(_at(fresh_server), "wrong.token", now=utc_now))
        assert wrong["token"][0] == "bad"
        assert "Copy it again from the developer portal" in wrong["token"][1]
        assert wrong["clock"][0] == "ok"

    @pytest.mark.parametrize(("apart", "way"), [(3600.0, "ahead of"), (-90.0, "behind")])
    async def test_clock(self, fresh_server: ServerHandle, apart: float, way: str) -> None:
        assert (await looked(fresh_server))["clock"][0] == "ok"
        mark, told = (await looked(fresh_server, apart=apart))["clock"]
        assert mark == "bad"
        assert way in told
        assert "set this machine's clock" in told

    async def test_intents(self, fresh_server: ServerHandle) -> None:
        assert (await looked(fresh_server, message_content=True))["intents"][0] == "ok"
        await fresh_server.control("intents", {"message_content": False})
        mark, told = (await looked(fresh_server, message_content=True))["intents"]
        assert mark == "bad"
        assert "switch it on in the developer portal" in told
        assert (await looked(fresh_server))["intents"][0] == "ok"

    async def test_starts_left(self, fresh_server: ServerHandle) -> None:
        def few(gateway: Json) -> Json:
            return gateway | {"session_start_limit": gateway["session_start_limit"] | {"remaining": 3}}

        async with changing(fresh_server, "/gateway/bot", few) as base:
            mark, told = (await looked(fresh_server, base=base))["gateway"]
        assert mark == "bad"
        assert "find out why it starts so often" in told

    async def test_permissions_of_a_server(self, fresh_server: ServerHandle) -> None:
        def no_links(guilds: list[Json]) -> list[Json]:
            return [guild | {"permissions": str(int(guild["permissions"]) & ~(1 << 14 | 1 << 16))} for guild in guilds]

        async with changing(fresh_server, "/users/@me/guilds", no_links) as base:
            broken = await looked(fresh_server, base=base)
        (mark, told) = next(broken[what] for what in broken if what.startswith("server "))
        assert mark == "bad"
        assert "lacks embed links, read message history; give the bot's role that" in told

    async def test_in_no_server(self, fresh_server: ServerHandle) -> None:
        async with changing(fresh_server, "/users/@me/guilds", lambda _: []) as base:
            mark, told = (await looked(fresh_server, base=base))["servers"]
        assert mark == "look"
        assert "open the invite link" in told

    async def test_channels(self, fresh_server: ServerHandle) -> None:
        there = await place(fresh_server, "channels", "ask-the-article")
        moderators = await place(fresh_server, "channels", "moderators")

        async def line(channels: tuple[Place, ...] = there) -> tuple[str, str]:
            return (await looked(fresh_server, answer_channels=channels))["discord.answer_channels"]

        assert (await line())[0] == "ok"
        # Hidden from everybody, shown to the bot's role.
        assert (await line(moderators))[0] == "ok"
        await fresh_server.permit("ask-the-article", deny=["send_messages", "embed_links"])
        mark, told = await line()
        assert mark == "bad"
        assert "lacks send messages, embed links there; allow its role that in the channel's settings" in told
        await fresh_server.permit("ask-the-article", deny=["view_channel"])
        mark, told = await line()
        assert mark == "bad"
        assert "may not see it; allow its role to view the channel" in told
        mark, told = await line((Place(4242, "help"),))
        assert mark == "bad"
        assert "invite it there, or correct the id" in told

    async def test_roles(self, fresh_server: ServerHandle) -> None:
        async def line(roles: tuple[Place, ...]) -> tuple[str, str]:
            return (await looked(fresh_server, moderator_roles=roles))["discord.moderator_roles"]

        mark, told = await line(await place(fresh_server, "roles", "Moderators"))
        assert mark == "ok"
        mark, told = await line((Place(4242, "gone"),))
        assert mark == "bad"
        assert "correct its id, or take it out" in told
        mark, told = await line(await place(fresh_server, "roles", "@everyone"))
        assert mark == "bad"
        assert "name another" in told


def _at(server: ServerHandle) -> Config:
    config = load_config(None)
    return replace(config, discord=replace(config.discord, api_base=server.api_base))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)
    config = load_config(None)
    return replace(config, health_port=0, matching=replace(config.matching, encoder="none"))


def here(config: Config) -> Lines:
    return lines(look_here(config, config.data_dir / "citebot.sqlite3"))


class TestThisMachine:
    def test_encoder(self, config: Config, tmp_path: Path) -> None:
        def line(encoder: str) -> tuple[str, str]:
            return here(replace(config, matching=replace(config.matching, encoder=encoder)))["encoder"]

        assert line("bundled")[0] == "ok"
        assert line("none")[0] == "look"
        mark, told = line(str(tmp_path / "nowhere"))
        assert mark == "bad"
        assert "nowhere" in told
        assert "matching.encoder" in told
        damaged = tmp_path / "damaged"
        damaged.mkdir()
        for name in ("model.onnx", "tokenizer.json"):
            (damaged / name).write_bytes(b"\0" * 100)
        mark, told = line(str(damaged))
        assert mark == "bad"
        assert "Until then the bot answers by spelling and words" in told

    def test_data_folder_and_disk(self, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        well = here(config)
        assert well["data folder"][0] == "ok"
        # As much room as no disk has.
        monkeypatch.setattr(doctor_here, "ENOUGH", 1 << 70)
        mark, told = here(config)["disk"]
        assert mark == "bad"
        assert "make room" in told
        (tmp_path / "data").write_text("a file, not a folder")
        mark, told = here(config)["data folder"]
        assert mark == "bad"
        assert "let the bot's user write there, or set data_dir" in told

    async def test_database_file(self, config: Config) -> None:
        assert here(config)["database"][0] == "ok"
        config.data_dir.mkdir()
        file = config.data_dir / "citebot.sqlite3"
        async with Store.open(file, clock=utc_now):
            pass
        well = here(config)
        assert well["database"][0] == well["schema"][0] == "ok"
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        mark, told = here(config)["schema"]
        assert mark == "bad"
        assert "run that one, or restore a backup" in told
        file.write_text("no database at all " * 100)
        mark, told = here(config)["database"]
        assert mark == "bad"
        assert "the file is not a database. To do: move it away, or restore it from a copy" in told


class TestPostgreSQL:
    """As a person runs it: `doctor` in a process of its own, with nothing of Discord's to reach."""

    async def line(self, folder: Path, url: str) -> Lines:
        discord = {"api_base": "http://127.0.0.1:9/api"}
        _, text = await doctor(folder, "any.token", "--json", discord=discord, health={"port": 0}, database=url)
        return found(text)

    async def test_well_and_not_there(self, empty_postgres: str, tmp_path: Path) -> None:
        async with Store.open(empty_postgres, clock=utc_now):
            pass
        url = empty_postgres.replace("+asyncpg", "")
        well = await self.line(tmp_path, url)
        assert well["database"][0] == well["schema"][0] == "ok"
        mark, told = (await self.line(tmp_path, f"{url}_gone"))["database"]
        assert mark == "bad"
        assert "create it, or correct the URL" in told

    async def test_empty(self, empty_postgres: str, tmp_path: Path) -> None:
        mark, told = (await self.line(tmp_path, empty_postgres.replace("+asyncpg", "")))["schema"]
        assert mark == "look"
        assert "at the next start" in told

    async def test_no_server(self, tmp_path: Path) -> None:
        secret = "hush-hush"
        told = await self.line(tmp_path, f"postgresql://citebot:{secret}@127.0.0.1:9/citebot")
        assert told["database"][0] == "bad"
        assert "no server answers there. To do: check that it runs" in told["database"][1]
        assert secret not in json.dumps(told)
