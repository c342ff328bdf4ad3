"""Wire tests: a local server in a process of its own, people on its page, Discord's description of its API.

`local_server`      one child process for the whole run, a ServerHandle
`fresh_server`      a new server inside the test's own process, for faults and anything that leaves traces
`person`            `async with person("mira") as mira:` on `local_server`
`point_client`      point discord.py at a server for one test
`discord_contract`  what is wrong with recorded requests, going by Discord's own OpenAPI description
`run_citebot`       `async with run_citebot(folder) as running:` the whole bot on `local_server`
`citebot`           one such bot for a module, with `mira` and `sam` beside it
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import discord.gateway
import discord.http
import pytest
import pytest_asyncio
import yarl
from jsonschema import Draft202012Validator, exceptions
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from whole_bot import RunCitebot, Running, runner

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_list, as_object, as_objects
from bot.local.person import Person
from bot.local.server import Settings, serve
from bot.settings import DEFAULT_PACK
from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base

ROOT = Path(__file__).parents[2]
DESCRIPTION = Path("discord-openapi") / "openapi.json"


@pytest.fixture(scope="session")
def local_server() -> Iterator[ServerHandle]:
    with subprocess.Popen(
        [sys.executable, "-m", "bot.local.server", "--port", "0", "--parent-pipe"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, "the local server did not start; its reason stands above"
        yield ServerHandle.from_ready(json.loads(line))
        child.stdin.close()
        assert child.wait(timeout=10) == 0


@pytest.fixture
async def fresh_server() -> AsyncIterator[ServerHandle]:
    async with serve(Settings(heartbeat=0.5, response_limit=0.4)) as ready:
        yield ServerHandle.from_ready(ready)


@pytest.fixture
def person(local_server: ServerHandle) -> Callable[[str], AbstractAsyncContextManager[Person]]:
    return local_server.person


@pytest.fixture
def point_client(monkeypatch: pytest.MonkeyPatch) -> Callable[[ServerHandle], None]:
    def point(server: ServerHandle) -> None:
        monkeypatch.setattr(discord.http.Route, "BASE", server.api_base)
        gateway = yarl.URL(server.gateway)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)

    return point


@pytest.fixture(scope="session")
def discord_contract() -> Callable[[Iterable[Json]], list[str]]:
    shared = Path(os.environ.get("CITEBOT_SHARED") or ROOT.parent / "shared")
    path = shared / DESCRIPTION
    if not path.is_file():
        pytest.skip(f"Discord's description of its API is not there: {path} (set CITEBOT_SHARED)")
    return Contract(json.loads(path.read_text(encoding="utf-8"))).problems


@pytest.fixture(scope="session")
def answerer(matching_cache: Path) -> Answerer:
    """The pack and the encoder that come with Citebot."""
    return Answerer.build(load_base([DEFAULT_PACK]), encoder=Encoder.bundled(), cache=VectorCache(matching_cache))


@pytest.fixture(scope="session")
def run_citebot(local_server: ServerHandle, answerer: Answerer) -> RunCitebot:
    return runner(local_server, answerer)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def citebot(run_citebot: RunCitebot, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with run_citebot(tmp_path_factory.mktemp("citebot")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mira(local_server: ServerHandle) -> AsyncIterator[Person]:
    """A member, there for a whole module."""
    async with local_server.person("mira") as person:
        yield person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sam(local_server: ServerHandle) -> AsyncIterator[Person]:
    """A moderator, there for a whole module."""
    async with local_server.person("sam") as person:
        yield person


class Contract:
    """Discord's OpenAPI description, as a check of requests that a bot has sent."""

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        contents: Any = document
        resource: Resource[Any] = Resource.from_contents(contents, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry[Any]().with_resource("urn:discord", resource)
        self._patterns = [(re.compile(_pattern(path)), path) for path in self._paths]
        # `…/messages/@original` must win over `…/messages/{message_id}`.
        self._patterns.sort(key=lambda item: item[1].count("{"))

    def problems(self, requests: Iterable[Json]) -> list[str]:
        """What is wrong with the requests; each message names the request."""
        return [found for request in requests for found in self._check(request)]

    def _check(self, request: Json) -> list[str]:
        name = f"{request['method']} {request['path']}"
        path = next((path for pattern, path in self._patterns if pattern.fullmatch(request["path"])), None)
        if path is None or request["method"].lower() not in self._paths[path]:
            return [f"{name}: Discord has no such endpoint"]
        operation: Json = self._paths[path][request["method"].lower()]
        declared = [self._resolved(item) for item in operation.get("parameters", [])]
        queries = {item["name"]: item for item in declared if item["in"] == "query"}
        found = [f"{name}: Discord knows no query {key}" for key in request["query"] if key not in queries]
        wanted = operation.get("requestBody", {})
        if request["body"] is None:
            missing = bool(wanted.get("required")) and not request["files"]
            return [*found, f"{name}: a body is required"] if missing else found
        schema = wanted.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [*found, f"{name}: Discord expects no JSON here"]
        # jsonschema's own annotations are incomplete here.
        validator: Any = Draft202012Validator(_absolute(schema), registry=self._registry)
        best_match: Any = vars(exceptions)["best_match"]
        error: Any = best_match(validator.iter_errors(_with_string_snowflakes(request["body"])))
        if error is not None:
            found.append(f"{name}: {error.json_path}: {error.message[:300]}")
        return found

    def _resolved(self, item: Json) -> Json:
        if "$ref" not in item:
            return item
        return self._registry.resolver("urn:discord").lookup(item["$ref"]).contents


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path))


def _absolute(schema: Any) -> Any:
    """A part of the description whose references still point into the whole of it."""
    if isinstance(schema, dict):
        items: Json = schema  # pyright: ignore[reportUnknownVariableType]
        return {key: f"urn:discord{value}" if key == "$ref" else _absolute(value) for key, value in items.items()}
    if isinstance(schema, list):
        parts: list[Any] = schema  # pyright: ignore[reportUnknownVariableType]
        return [_absolute(part) for part in parts]
    return schema


def _with_string_snowflakes(body: Any) -> Any:
    """The body with snowflakes as strings in the places where discord.py itself writes integers.

    Discord takes both. Only these places are excused: `message_reference`, `allowed_mentions`, the
    numbers of new attachments and `recipient_id`, each also inside an interaction response's `data`.
    """
    if not isinstance(body, dict):
        return body
    whole = dict(as_object(body))
    for name in ("message_reference", "allowed_mentions"):
        if isinstance(whole.get(name), dict):
            whole[name] = {key: _as_strings(key, value) for key, value in as_object(whole[name]).items()}
    if isinstance(whole.get("attachments"), list):
        listed = as_objects(whole["attachments"])
        whole["attachments"] = [{**item, "id": _as_strings("id", item.get("id"))} for item in listed]
    if "recipient_id" in whole:
        whole["recipient_id"] = _as_strings("recipient_id", whole["recipient_id"])
    if "data" in whole:
        whole["data"] = _with_string_snowflakes(whole["data"])
    return whole


def _as_strings(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_as_strings(key, item) for item in as_list(value)]
    is_id = isinstance(value, int) and not isinstance(value, bool) and (key.endswith("id") or key in ("users", "roles"))
    return str(value) if is_id else value
