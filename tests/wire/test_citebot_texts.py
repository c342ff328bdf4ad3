"""Hostile words through every command, form, menu and button that the bot has registered, over the wire.

The commands are read from what Discord was told of them, so that a new one is tried without being named here.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from hostile_texts import TEXTS, made
from load import server_of_its_own
from whole_bot import RunCitebot, Running, runner

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_object, as_objects
from bot.local.person import Person, RefusedError
from bot.local.validate_components import walk
from knowledge.answerer import Answerer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot")]


@pytest.fixture(scope="module")
def local_server() -> Iterator[ServerHandle]:
    """A server that waits longer than Discord for a first response: here it is not about speed."""
    with server_of_its_own("--response-limit", "30") as handle:
        yield handle


@pytest.fixture(scope="module")
def run_citebot(local_server: ServerHandle, answerer: Answerer) -> RunCitebot:
    return runner(local_server, answerer)


QUICK = (0, 2, 3, 5, 12, 17, 21, 32)
"""Of the corpus: pings, mentions, a masked link, a fence, a broken quotation, combining marks, far too long."""

PRESSED = 6
"""So many buttons and selects of a reply are tried."""

# What the corpus writes and Discord would act on, where it stands as it was written.
LIVE = re.compile(
    r"@(?:everyone|here)|(?<!\\)<(?:@[!&]?|#)[1-4]>|(?<!\\)\[trout\]\(http|(?<!\\)\|\|trout|(?<!\\)```\s*trout"
    r"|^(?:>>>|>|#{1,3}|-#) ?trout|(?<!\\)\*\*trout|(?<!\\)<https?://evil|(?<!\\)<t:1618|[\u202a-\u202e\u2066-\u2069]",
    re.MULTILINE,
)


def sendable(text: str) -> str:
    """A text as JSON can carry it."""
    return text.encode("utf-8", "replace").decode()


def commands(person: Person) -> Iterator[tuple[str, list[Json]]]:
    """Every slash command that somebody may use, by all its words, with its options."""

    def inner(words: str, node: Json) -> Iterator[tuple[str, list[Json]]]:
        below = [option for option in as_objects(node.get("options")) if option["type"] in (1, 2)]
        for option in below:
            yield from inner(f"{words} {option['name']}", option)
        if not below:
            yield words, as_objects(node.get("options"))

    for command in person.commands:
        if command.get("type", 1) == 1:
            yield from inner(command["name"], command)


def value_for(option: Json, text: str, person: Person) -> Any:
    """What to give an option; None leaves it out."""
    if option.get("choices"):
        return option["choices"][0]["value"]
    match option["type"]:
        case 3:
            least, most = option.get("min_length", 0), option.get("max_length", 6000)
            return (text or "x")[:most].ljust(least, "x")
        case 4 | 10:
            return option.get("max_value", 2**53 - 1)
        case 5:
            return True
        case 6:
            return person.me["id"]
        case 7:
            return person.channel("ask-the-article")
        case 8:
            return None
        case 11:
            return (f"{text[:60]}.yaml".replace("/", "_"), text.encode())
        case _:
            raise AssertionError(f"a new kind of option: {option}")


async def outcome(person: Person, interaction: str) -> tuple[Json | None, Json | None]:
    """What came of an interaction: a message or a form."""

    def found() -> tuple[Json | None, Json | None] | None:
        for name, data in person.events:
            if name == "MODAL" and data["interaction_id"] == interaction:
                return None, data
        for channel in person.messages.values():
            for message in channel.values():
                named = as_object(message.get("interaction_metadata")).get("id") == interaction
                if named and not message["flags"] & 128:
                    return message, None
        for name, data in person.events:
            if name == "INTERACTION_STATUS" and data["interaction_id"] == interaction and data["state"] != "pending":
                assert data["state"] == "done", data
                return None, None
        return None

    return await person.until(found, 20)


async def follow(person: Person, interaction: str, text: str, depth: int = 0) -> None:
    """Go on from an interaction: fill in its form, press what hangs under its reply."""
    message, form = await outcome(person, interaction)
    if form is not None:
        fields = {item["custom_id"]: filled for item in walk(form["components"]) if (filled := entry(item, text))}
        try:
            sent = await person.submit(form, **fields)
        except RefusedError:
            return  # a form that Discord itself does not take, such as a text that is too short
        await follow(person, sent, text, depth + 1)
    if message is None or depth > 1:
        return
    for item in [item for item in walk(message["components"]) if item.get("custom_id")][:PRESSED]:
        if item.get("disabled") or (item["type"] == 3 and not item["options"]):
            continue
        try:
            if item["type"] == 2:
                used = await person.press(message, item["custom_id"])
            elif item["type"] == 3:
                used = await person.choose(message, item["options"][0]["value"], select=item["custom_id"])
            else:
                continue
        except (RefusedError, LookupError):
            continue  # gone with an earlier press
        await follow(person, used, text, depth + 1)


def entry(item: Json, text: str) -> Any:
    """What to fill into a field of a form."""
    if item["type"] == 4:
        return sendable(text)[: item.get("max_length", 4000)]
    if item["type"] == 3 and item.get("options"):
        return [item["options"][0]["value"]]
    return None


async def try_all(citebot: Running, sam: Person, mira: Person, text: str) -> None:
    """One text through everything, by a moderator and a member; then what the bot has sent is looked at."""
    text = sendable(text)
    before = len(await citebot.requests())
    for person in (sam, mira):
        for words, options in commands(person):
            values = {option["name"]: value_for(option, text, person) for option in options}
            given = {name: value for name, value in values.items() if value is not None}
            try:
                used = await person.run("general", words, **given)
            except RefusedError:
                continue  # what Discord does not take never reaches the bot
            await follow(person, used, text)
            for option in options:
                if option.get("autocomplete"):
                    await person.complete("general", words, option["name"], text[:100])
        said = [await person.say("general", text[:2000])] if text.strip() else []
        said.append(await person.say("general", f"{person.bot_mention} {text}"[:2000]))
        await asyncio.sleep(0)
        for command in [item for item in person.commands if item.get("type") == 3]:
            for message in said:
                await follow(person, await person.use_on(message, command["name"]), text)
    assert_harmless((await citebot.requests())[before:], citebot.server.bot_token)


def messages_of(requests: Iterable[Json]) -> Iterator[Json]:
    """The messages in requests, forms and choices aside."""
    for request in requests:
        body = as_object(request["body"])
        if request["template"].endswith("/callback"):
            if body.get("type") not in (4, 7):
                continue
            body = as_object(body.get("data"))
        if request["method"] in ("POST", "PATCH") and {"content", "embeds"} & body.keys():
            yield body


def assert_harmless(requests: list[Json], token: str) -> None:
    """Nothing that was sent pings, breaks out of its place, tells of the inside, or is over Discord's limits."""
    refused = [r for r in requests if r["status"] >= 400]
    assert refused == []
    for body in messages_of(requests):
        allowed = body.get("allowed_mentions", {"parse": []})
        assert not any(allowed.get(name) for name in ("parse", "users", "roles")), body
        whole = json.dumps(body, ensure_ascii=False)
        assert token not in whole
        assert "Traceback" not in whole
        assert "Something went wrong" not in whole, whole
        places = [body.get("content")]
        for embed in as_objects(body.get("embeds")):
            places += [embed.get("title"), embed.get("description")]
            places += [text for field in as_objects(embed.get("fields")) for text in (field["name"], field["value"])]
        for place in places:
            assert not (live := LIVE.search(str(place or ""))), (live, place)


@pytest.mark.parametrize("number", QUICK)
async def test_a_text_through_everything(citebot: Running, sam: Person, mira: Person, number: int) -> None:
    await try_all(citebot, sam, mira, TEXTS[number])


@pytest.mark.soak
@pytest.mark.parametrize("number", [number for number in range(len(TEXTS)) if number not in QUICK])
async def test_the_rest_of_the_corpus(citebot: Running, sam: Person, mira: Person, number: int) -> None:
    await try_all(citebot, sam, mira, TEXTS[number])


@pytest.mark.soak
async def test_texts_that_were_found_rather_than_written(citebot: Running, sam: Person, mira: Person) -> None:
    for text in made(40):
        await try_all(citebot, sam, mira, text)


async def test_all_that_was_tried_and_sent_follows_discords_description(
    citebot: Running, sam: Person, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    tried = [words for words, _ in commands(sam)]
    assert len(tried) >= 15  # the walk has found them
    answered = [r for r in await citebot.requests() if r["template"].endswith("/callback")]
    forms = {as_object(r["body"])["data"]["title"] for r in answered if as_object(r["body"]).get("type") == 9}
    assert len(answered) > 200
    assert len(forms) >= 4
    assert discord_contract(await citebot.requests()) == []
