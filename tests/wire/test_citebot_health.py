"""What whoever runs the program sees of it: its log, /healthz and /metrics, over real sockets."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from whole_bot import FRANCE, IDEOLOGY, IDEOLOGY_TITLE, STRENGTH, PersonOpener, ask, text_of, title_of
from whole_program import STOPS_WITHIN, Start, free_port, shown_until, starter

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from knowledge.answerer import Answerer


@pytest.fixture
def start(local_server: ServerHandle, tmp_path: Path, matching_cache: Path, answerer: Answerer) -> Start:
    return starter(local_server, tmp_path, matching_cache)


async def fetched(port: int, path: str, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as response,
    ):
        return response.status, await response.text()


async def health(port: int) -> tuple[int, Any]:
    status, text = await fetched(port, "/healthz")
    return status, json.loads(text)


async def until_served(port: int) -> tuple[int, Any]:
    """What /healthz says as soon as it says anything."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await health(port)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.02)


async def lines_of(process: Process) -> list[Json]:
    """Stop the program; everything that it has logged."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(STOPS_WITHIN):
        _, err = await process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in err.decode().splitlines()]


async def metrics_of(port: int, *, questions: int) -> str:
    """The metrics as soon as so many questions are counted: a reply is seen a moment before it is stored."""
    async with asyncio.timeout(10):
        while figure((metrics := (await fetched(port, "/metrics"))[1]), "citebot_question_seconds_count") < questions:  # noqa: ASYNC110  it is fetched
            await asyncio.sleep(0.02)
    return metrics


def figure(metrics: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)
    assert found, f"no {name} in {metrics}"
    return float(found[1])


async def test_health_metrics_and_log_tell_what_happened(
    start: Start, person: PersonOpener, local_server: ServerHandle
) -> None:
    port = free_port()
    async with person("mira") as mira, start(health={"port": port}, log={"format": "json"}) as process:
        status, early = await until_served(port)
        assert status == 503
        assert early["status"] == "down"
        await shown_until(process, "Ready as")
        status, well = await health(port)
        assert (status, well["status"], well["problems"]) == (200, "ok", [])
        assert well["gateway"]["connected"]
        assert well["encoder"] == {"in_use": True, "wanted": True}
        assert well["base"]["phrasings"] > well["base"]["entries"] > 0
        assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
        await ask(mira, FRANCE)
        await mira.response(await mira.run("general", "ask", question=STRENGTH))
        metrics = await metrics_of(port, questions=3)
        assert figure(metrics, 'citebot_questions_total{outcome="answer",way="mention"}') == 1
        assert figure(metrics, 'citebot_questions_total{outcome="answer",way="command"}') == 1
        assert figure(metrics, "citebot_question_seconds_count") == 3
        assert figure(metrics, 'citebot_discord_requests_total{status="200"}') >= 3
        assert figure(metrics, 'citebot_gateway_connected{shard="0"}') == 1
        assert figure(metrics, "citebot_database_up") == figure(metrics, "citebot_encoder_in_use") == 1
        assert figure(metrics, "citebot_index_phrasings") == well["base"]["phrasings"]
        # A page in a browser that has made its own name lead to this machine learns nothing.
        assert (await fetched(port, "/metrics", Host="evil.example"))[0] == 403
        lines = await lines_of(process)
    asked = [line for line in lines if line["event"] == "question"]
    assert [(line["way"], line["outcome"]) for line in asked[::2]] == [("mention", "answer"), ("command", "answer")]
    assert all({"guild", "channel", "confidence", "ms", "time", "level"} <= line.keys() for line in asked)
    told = json.dumps(lines)
    assert local_server.bot_token not in told
    assert not any(words in told for words in (IDEOLOGY, FRANCE, STRENGTH))


@pytest.mark.parametrize("damaged", [False, True])
async def test_without_its_encoder_it_answers_and_says_so(
    start: Start, person: PersonOpener, tmp_path: Path, damaged: bool
) -> None:
    port = free_port()
    if damaged:
        (tmp_path / "nowhere").mkdir()
        for name in ("model.onnx", "tokenizer.json"):
            (tmp_path / "nowhere" / name).write_bytes(b"\0" * 1000)
    settings: dict[str, Any] = {"health": {"port": port}, "log": {"format": "json"}}
    async with person("mira") as mira, start(matching={"encoder": "nowhere"}, **settings) as process:
        await shown_until(process, "Ready as")
        status, told = await health(port)
        assert (status, told["status"]) == (200, "degraded")
        assert ("nowhere/" if damaged else "nowhere: there is no such encoder") in told["problems"][0]
        assert title_of(await ask(mira, STRENGTH)) == STRENGTH
        assert "The base has no answer" in text_of(await ask(mira, FRANCE))
        lines = await lines_of(process)
    (line,) = [line for line in lines if line["event"] == "encoder.missing"]
    assert line["level"] == "error"
