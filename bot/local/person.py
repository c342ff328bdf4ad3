"""A person on the local server, without a browser: what tests and scripts talk to the bot with.

    async with Person.enter(url, "mira") as mira:
        question = await mira.say("general", f"{mira.bot_mention} what did Taylor say?")
        answer = await mira.answer_to(question)

`url` is the address that the server prints, key included. Messages, commands and channels are the JSON
objects of Discord's API. Waiting has a time limit in seconds everywhere and raises TimeoutError.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar, cast

import aiohttp
import yarl

from bot.local.dialogs import prefilled
from bot.local.jsontypes import Json, as_object, as_objects
from bot.local.validate_components import walk

T = TypeVar("T")

PATIENCE = 5.0  # seconds to wait for anything, unless told otherwise
EPHEMERAL = 1 << 6
LOADING = 1 << 7
OPTION_STRING = 3


class RefusedError(Exception):
    """The server did not do what the person asked for; the text says why."""


class Person:
    """One person's open page. Enter with `Person.enter`."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, hello: Json, *, session: aiohttp.ClientSession, page: yarl.URL
    ) -> None:
        self._socket = socket
        self._session = session
        self._page = page
        self._nonces = itertools.count(1)
        self._replies: dict[int, asyncio.Future[Json]] = {}
        self._changed = asyncio.Condition()
        self.hello = hello
        self.me: Json = hello["me"]
        self.bot: Json = hello["bot"]
        self.channels: list[Json] = hello["channels"]
        self.commands: list[Json] = hello["commands"]
        self.bot_online: bool = hello["bot_online"]
        self.messages: dict[str, dict[str, Json]] = {}
        self.events: list[tuple[str, Json]] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def enter(cls, url: str, name: str) -> AsyncGenerator[Person]:
        """Open the page of a person (`mira`, or the moderators `sam` and `noor`)."""
        page = yarl.URL(url)
        address = page.with_path("/page/ws").with_query(key=page.query["key"], user=name)
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
            person = cls(socket, await socket.receive_json(), session=session, page=page)
            reading = asyncio.create_task(person._read())
            try:
                yield person
            finally:
                reading.cancel()

    @property
    def bot_mention(self) -> str:
        """What to write to mention the bot."""
        return f"<@{self.bot['id']}>"

    def channel(self, which: str) -> str:
        """The id of a channel by name or id; `dm` is the direct message with the bot."""
        for channel in self.channels:
            wanted = {channel["id"], channel["name"]} | ({"dm"} if channel["type"] == 1 else set[str]())
            if which.lstrip("#") in wanted:
                return channel["id"]
        raise LookupError(f"{self.me['username']} sees no channel {which}")

    def seen(self, channel: str) -> list[Json]:
        """The messages of a channel that came while the page was open, oldest first."""
        known = self.messages.get(self.channel(channel), {})
        return sorted(known.values(), key=lambda message: int(message["id"]))

    def latest(self, message: Json) -> Json | None:
        """A message as it is now; None once it is deleted."""
        return self.messages.get(message["channel_id"], {}).get(message["id"])

    # --- doing ----------------------------------------------------------------------------------

    async def do(self, op: str, **fields: Any) -> Any:
        """Send one operation and wait for its reply's data.

        Raises:
            RefusedError: the server says no.
        """
        nonce = next(self._nonces)
        self._replies[nonce] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"op": op, "nonce": nonce, **fields}))
        async with asyncio.timeout(PATIENCE):
            reply = await self._replies[nonce]
        if not reply["ok"]:
            raise RefusedError(reply["error"])
        return reply.get("data")

    async def say(self, channel: str, content: str, *, reply_to: Json | None = None, ping: bool = True) -> Json:
        """Post a message."""
        fields: Json = {"channel": self.channel(channel), "content": content}
        if reply_to is not None:
            fields |= {"reply_to": reply_to["id"], "ping": ping}
        return await self.do("send", **fields)

    async def edit(self, message: Json, content: str) -> Json:
        """Change one's own message."""
        return await self.do("edit", **_where(message), content=content)

    async def delete(self, message: Json) -> None:
        """Delete a message."""
        await self.do("delete", **_where(message))

    async def dismiss(self, message: Json) -> None:
        """Put away a message that only this person sees."""
        await self.do("dismiss", **_where(message))

    async def react(self, message: Json, emoji: str, *, remove: bool = False) -> None:
        """React to a message."""
        await self.do("react", **_where(message), emoji=emoji, remove=remove)

    async def open_thread(self, channel: str, name: str, *, message: Json | None = None, content: str = "") -> Json:
        """Open a thread or, in a forum, a post. Returns the channel."""
        fields: Json = {"channel": self.channel(channel), "name": name, "content": content}
        if message is not None:
            fields["message"] = message["id"]
        return await self.do("thread", **fields)

    async def history(self, channel: str, *, limit: int = 50, before: Json | None = None) -> list[Json]:
        """Messages of a channel, oldest first."""
        fields: Json = {"channel": self.channel(channel), "limit": limit}
        if before is not None:
            fields["before"] = before["id"]
        return (await self.do("history", **fields))["messages"]

    def command(self, name: str) -> Json:
        """A registered command by its name."""
        for command in self.commands:
            if command["name"] == name:
                return command
        raise LookupError(f"{self.me['username']} may use no command {name}")

    async def run(self, channel: str, command: str, **options: Any) -> str:
        """Use a slash command, a subcommand by all its words: `kb stats`. A file is a name and what it holds.

        Returns the interaction's id, for `response`, `dialog` and `finished`.
        """
        found, path, declared = self._command_path(command)
        given = [
            {"name": name, "type": declared.get(name, OPTION_STRING), "value": await self._given(channel, value)}
            for name, value in options.items()
        ]
        data = await self.do(
            "command", channel=self.channel(channel), command=found["id"], options=_nested(path, given)
        )
        return data["interaction"]

    async def complete(self, channel: str, command: str, option: str, text: str, **others: Any) -> list[Json]:
        """What autocomplete offers while an option is typed."""
        found, path, declared = self._command_path(command)
        given: list[Json] = [
            {"name": name, "type": declared.get(name, OPTION_STRING), "value": value} for name, value in others.items()
        ]
        given.append({"name": option, "type": declared.get(option, OPTION_STRING), "value": text, "focused": True})
        data = await self.do(
            "autocomplete", channel=self.channel(channel), command=found["id"], options=_nested(path, given)
        )
        return data["choices"]

    async def upload(self, channel: str, name: str, content: bytes) -> Json:
        """Hand the server a file for an option of a command; returns the attachment.

        Raises:
            RefusedError: the server does not take it.
        """
        address = self._page.with_path("/page/files").with_query(
            key=self._page.query["key"], user=self.me["username"], channel=self.channel(channel), name=name
        )
        async with self._session.post(address, data=content) as response:
            if response.status != 200:
                raise RefusedError(await response.text())
            return await response.json()

    async def _given(self, channel: str, value: Any) -> Any:
        if isinstance(value, tuple):
            name, content = cast("tuple[str, bytes]", value)
            return (await self.upload(channel, name, content))["id"]
        return value

    def _command_path(self, words: str) -> tuple[Json, list[Json], dict[str, int]]:
        """A registered command, the way to its subcommand, and the kinds of the options there."""
        first, *rest = words.split()
        here = found = self.command(first)
        path: list[Json] = []
        for word in rest:
            inner = {option["name"]: option for option in as_objects(here.get("options"))}
            if word not in inner:
                raise LookupError(f"{self.me['username']} may use no command {words}")
            here = inner[word]
            path.append({"name": word, "type": here["type"]})
        return found, path, {option["name"]: option["type"] for option in as_objects(here.get("options"))}

    async def use_on(self, message: Json, command: str) -> str:
        """Use a message context menu command. Returns the interaction's id."""
        found = self.command(command)
        data = await self.do("context", channel=message["channel_id"], command=found["id"], target=message["id"])
        return data["interaction"]

    async def press(self, message: Json, button: str) -> str:
        """Press a button, named by its label or custom_id. Returns the interaction's id."""
        found = find_component(message, button)
        return await self._component(message, found)

    async def choose(self, message: Json, *values: str, select: str | None = None) -> str:
        """Choose values in a select: the one with that custom_id, or the only one. Returns the interaction's id."""
        selects = [item for item in walk(message["components"]) if item["type"] in (3, 5, 6, 7, 8)]
        fitting = [item for item in selects if select in (None, item["custom_id"])]
        if not fitting:
            raise LookupError(f"no select {select or ''} among {describe_components(message)}")
        return await self._component(message, fitting[0], values=list(values))

    async def _component(self, message: Json, component: Json, **more: Any) -> str:
        data = await self.do(
            "component",
            **_where(message),
            custom_id=component["custom_id"],
            component_type=component["type"],
            **more,
        )
        return data["interaction"]

    async def submit(self, dialog: Json, **fields: Any) -> str:
        """Fill in and send a modal, by custom_id; the rest stays as it stands there. Returns the interaction's id."""
        filled = {**prefilled(dialog), **fields}
        data = await self.do("modal", interaction=dialog["interaction_id"], fields=filled)
        return data["interaction"]

    # --- waiting --------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], T | None], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109
        """Wait until a condition over what this person sees gives something, and return that."""
        async with asyncio.timeout(timeout), self._changed:
            while not (found := condition()):
                await self._changed.wait()
            return found

    async def answer_to(self, message: Json, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The bot's finished message that replies to a message."""

        def find() -> Json | None:
            for candidate in self.messages.get(message["channel_id"], {}).values():
                reference = as_object(candidate.get("message_reference"))
                if reference.get("message_id") == message["id"] and self._finished_by_bot(candidate):
                    return candidate
            return None

        return await self.until(find, timeout)

    async def response(self, interaction: str, number: int = 1, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The bot's finished message to an interaction: the first, or a follow-up by number."""

        def find() -> Json | None:
            found = [
                message
                for channel in self.messages.values()
                for message in channel.values()
                if as_object(message.get("interaction_metadata")).get("id") == interaction
            ]
            found.sort(key=lambda message: int(message["id"]))
            if len(found) >= number and self._finished_by_bot(found[number - 1]):
                return found[number - 1]
            return None

        return await self.until(find, timeout)

    async def dialog(self, interaction: str, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The modal that an interaction opened."""
        return await self.event("MODAL", lambda data: data["interaction_id"] == interaction, timeout)

    async def finished(self, interaction: str, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The end of an interaction: `state` is done or failed, with a `message`."""
        return await self.event(
            "INTERACTION_STATUS",
            lambda data: data["interaction_id"] == interaction and data["state"] != "pending",
            timeout,
        )

    async def event(
        self,
        name: str,
        fits: Callable[[Json], bool] = lambda data: True,
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> Json:
        """An event that came since the page was opened, or the next one that fits."""
        return await self.until(
            lambda: next((data for event, data in self.events if event == name and fits(data)), None), timeout
        )

    async def changed(
        self,
        message: Json,
        fits: Callable[[Json], bool],
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> Json:
        """A message once it fits."""

        def find() -> Json | None:
            present = self.latest(message)
            return present if present is not None and fits(present) else None

        return await self.until(find, timeout)

    async def gone(self, message: Json, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109
        """Wait until a message is deleted."""
        await self.until(lambda: self.latest(message) is None, timeout)

    def _finished_by_bot(self, message: Json) -> bool:
        return message["author"]["id"] == self.bot["id"] and not message["flags"] & LOADING

    async def _read(self) -> None:
        async for message in self._socket:
            frame: Json = message.json()
            if frame["type"] == "reply":
                reply = self._replies.pop(frame["nonce"], None)
                if reply is not None and not reply.done():
                    reply.set_result(frame)
                continue
            async with self._changed:
                self._note(frame["event"], frame["data"])
                self._changed.notify_all()

    def _note(self, event: str, data: Json) -> None:
        self.events.append((event, data))
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            self.messages.setdefault(data["channel_id"], {})[data["id"]] = data
        elif event == "MESSAGE_DELETE":
            self.messages.get(data["channel_id"], {}).pop(data["id"], None)
        elif event == "COMMANDS_UPDATE":
            self.commands = data["commands"]
        elif event == "CHANNELS_UPDATE":
            self.channels = data["channels"]
        elif event == "BOT_STATUS":
            self.bot_online = data["online"]


def is_ephemeral(message: Json) -> bool:
    """Whether only one person sees a message."""
    return bool(message["flags"] & EPHEMERAL)


def find_component(message: Json, name: str) -> Json:
    """A button or select of a message by its label or custom_id."""
    for component in walk(message["components"]):
        if name in (component.get("label"), component.get("custom_id")):
            return component
    raise LookupError(f"no component {name} among {describe_components(message)}")


def describe_components(message: Json) -> list[str]:
    """The names of a message's buttons and selects."""
    named = (item.get("label") or item.get("custom_id") for item in walk(message["components"]))
    return [str(name) for name in named if name]


def _where(message: Json) -> Json:
    return {"channel": message["channel_id"], "message": message["id"]}


def _nested(path: list[Json], options: list[Json]) -> list[Json]:
    """Options inside their subcommand and its group, as the command tree wants them."""
    for step in reversed(path):
        options = [{**step, "options": options}]
    return options
