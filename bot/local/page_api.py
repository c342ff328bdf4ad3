"""The page in the browser: its files, and the websocket through which people act."""

from __future__ import annotations

import asyncio
import json
import logging
import mimetypes
import secrets
from pathlib import Path

from aiohttp import WSMsgType, web

from bot.local import payloads
from bot.local.acting import Actions
from bot.local.attachments import Upload
from bot.local.commands import Commands
from bot.local.errors import ApiError, PersonError
from bot.local.gateway import Gateway
from bot.local.jsontypes import Json, as_object
from bot.local.people import Page, People
from bot.local.permissions import Permission, guild_permissions
from bot.local.state import Channel, ChannelType, User, World

log = logging.getLogger(__name__)

FILES = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


class PageApi:
    """Serves the page and its people."""

    def __init__(
        self, world: World, people: People, actions: Actions, *, commands: Commands, gateway: Gateway, key: str
    ) -> None:
        self._world = world
        self._people = people
        self._actions = actions
        self._commands = commands
        self._gateway = gateway
        self._key = key
        self._sockets: set[web.WebSocketResponse] = set()

    async def file(self, request: web.Request) -> web.StreamResponse:
        """GET one of the page's files."""
        name = request.match_info.get("name") or "index.html"
        path = (FILES / name).resolve()
        kind = KINDS.get(path.suffix)
        if kind is None or not path.is_relative_to(FILES) or not path.is_file():
            raise web.HTTPNotFound
        response = web.FileResponse(path, headers={"Content-Type": f"{kind}; charset=utf-8"})
        response.headers["Content-Security-Policy"] = self._policy()
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _policy(self) -> str:
        socket = self._world.base_url.replace("http", "ws", 1)
        other = socket.replace("127.0.0.1", "localhost")
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' data:; connect-src 'self' {socket} {other}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """GET /page/ws: one person's page."""
        user = self._person(request)
        socket = web.WebSocketResponse(heartbeat=20.0, max_msg_size=262_144)
        await socket.prepare(request)
        page = Page(user.id)
        page.put(self._hello(user))
        self._people.pages.add(page)
        self._sockets.add(socket)
        writer = asyncio.create_task(_write(page, socket))
        slow: set[asyncio.Task[None]] = set()
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                frame = _frame(message.data)
                if frame.get("op") == "autocomplete":  # waits for the bot; others must not wait behind it
                    task = asyncio.create_task(self._do(page, user, frame))
                    slow.add(task)
                    task.add_done_callback(slow.discard)
                else:
                    await self._do(page, user, frame)
        finally:
            self._people.pages.discard(page)
            self._sockets.discard(socket)
            for task in (writer, *slow):
                task.cancel()
        return socket

    async def take_file(self, request: web.Request) -> web.StreamResponse:
        """POST /page/files: a person's file for an option of a command; answers with the attachment."""
        user = self._person(request)
        name = request.query.get("name", "file")
        upload = Upload("", name, mimetypes.guess_type(name)[0] or "", await request.read())
        try:
            return web.json_response(self._actions.upload(user, request.query.get("channel"), upload))
        except PersonError as error:
            raise web.HTTPBadRequest(text=str(error)) from error

    def _person(self, request: web.Request) -> User:
        """Whose page it is. Raises web.HTTPException where the key is wrong, or nobody is called so."""
        if not secrets.compare_digest(request.query.get("key", "").encode(), self._key.encode()):
            raise web.HTTPForbidden(text="Wrong key: open the address that was printed at the last start.")
        who = request.query.get("user")
        user = self._world.person(who) if who else self._world.people[0]
        if user is None:
            raise web.HTTPNotFound(text="There is no such person.")
        return user

    async def close(self) -> None:
        """Close all pages, as the server ends."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def _do(self, page: Page, user: User, frame: Json) -> None:
        reply: Json = {"type": "reply", "nonce": frame.get("nonce"), "ok": True}
        before = len(self._world.channels)
        try:
            reply["data"] = await self._actions.do(user, frame)
        except (PersonError, ApiError) as error:
            reply |= {"ok": False, "error": str(error)}
        except Exception:
            log.exception("the operation %r of a page failed", frame.get("op"))
            reply |= {"ok": False, "error": "The local server stumbled; its log says why."}
        if len(self._world.channels) != before:
            self.tell_channels()
        page.put(reply)

    def tell_channels(self) -> None:
        """The list of channels changed."""
        for user in self._world.people:
            listed = [self._channel(channel) for channel in self._actions.channels(user)]
            self._people.tell("CHANNELS_UPDATE", {"channels": listed}, user_id=user.id)

    def tell_commands(self) -> None:
        """The registered commands changed."""
        for user in self._world.people:
            data = {"commands": self._commands.for_person(user.id)}
            self._people.tell("COMMANDS_UPDATE", data, user_id=user.id)

    def tell_status(self, online: bool) -> None:
        """The bot came or went."""
        self._people.tell("BOT_STATUS", {"online": online})

    def _user(self, user: User) -> Json:
        return {**payloads.user_json(user), "nick": self._world.members[user.id].nick}

    def _channel(self, channel: Channel) -> Json:
        shown = payloads.channel_json(self._world, channel)
        if channel.type is ChannelType.DM:
            bot = self._world.bot
            shown |= {"name": bot.display_name, "topic": "", "recipient": self._user(bot)}
        return {"topic": "", **shown}

    def _hello(self, user: User) -> Json:
        world = self._world
        manages = {
            str(person.id): {
                "manage_guild": Permission.MANAGE_GUILD in guild_permissions(world, world.members[person.id])
            }
            for person in world.people
        }
        return {
            "type": "hello",
            "server": {"name": world.guild.name, "standin": True},
            "guild": {"id": str(world.guild.id), "name": world.guild.name},
            "me": self._user(user),
            "users": [self._user(person) for person in world.people],
            "channels": [self._channel(channel) for channel in self._actions.channels(user)],
            "roles": [payloads.role_json(role) for role in world.roles.values()],
            "commands": self._commands.for_person(user.id),
            "bot": self._user(world.bot),
            "bot_online": self._gateway.online,
            "permissions": manages,
        }


def _frame(text: str) -> Json:
    try:
        return as_object(json.loads(text))
    except ValueError:
        return {}


async def _write(page: Page, socket: web.WebSocketResponse) -> None:
    try:
        while True:
            await socket.send_str(await page.outgoing.get())
    except ConnectionError:
        log.debug("a page went away while it was written to")
