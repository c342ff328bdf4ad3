"""The gateway: HELLO, IDENTIFY, RESUME, heartbeats and the events a bot is told of."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.local import message_payloads, payloads
from bot.local.jsontypes import Json, as_id, as_int, as_list, as_object
from bot.local.sessions import (
    ALL_INTENTS,
    GUILD_AND_DIRECT,
    Close,
    Compressor,
    Connection,
    Intent,
    Op,
    Session,
)
from bot.local.state import Guild, World, now

log = logging.getLogger(__name__)

SESSION_SECONDS = 300.0  # how long a lost session may be resumed
VERSION = 10
LAST = 100  # events that can be repeated


class Gateway:
    """All sessions of the bot."""

    def __init__(self, world: World, token: str, *, heartbeat_ms: int = 41_250) -> None:
        self._world = world
        self._token = token
        self._heartbeat_ms = heartbeat_ms
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._held: list[tuple[Session, str, Json]] | None = None
        self._last: deque[tuple[Session, str, Json]] = deque(maxlen=LAST)
        self.on_status: Callable[[bool], None] = lambda online: None

    @property
    def online(self) -> bool:
        """Whether the bot is connected."""
        return any(session.connection for session in self._sessions.values())

    @property
    def url(self) -> str:
        """The address to connect to."""
        return self._world.base_url.replace("http", "ws", 1) + "/gateway/"

    # --- events ---------------------------------------------------------------------------------

    def dispatch(self, event: str, data: Json, *, direct: bool = False) -> None:
        """Tell every session whose shard and intents cover the event."""
        guild_id = as_id(data.get("guild_id")) or self._world.guild.id
        for session in list(self._sessions.values()):
            if not _covers(session, None if direct else guild_id):
                continue
            pair = GUILD_AND_DIRECT.get(event)
            if pair and not session.intents & pair[direct]:
                continue
            payload = data
            if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not session.intents & Intent.MESSAGE_CONTENT:
                payload = message_payloads.without_content(self._world, data)
            if self._held is not None:
                self._held.append((session, event, payload))
            else:
                session.dispatch(event, payload)
                self._last.append((session, event, payload))

    # --- faults ---------------------------------------------------------------------------------

    def drop(self, code: int | None = None) -> int:
        """Cut every connection, without a word or with a close code. Returns how many."""
        for connection in list(self._connections):
            if code is not None:
                connection.close(code)
            elif connection.transport is not None:
                connection.transport.abort()
        return len(self._connections)

    def ask_reconnect(self) -> int:
        """Op 7 to every connection."""
        for connection in self._connections:
            connection.put(Op.RECONNECT)
        return len(self._connections)

    def invalidate(self, *, resumable: bool) -> int:
        """Op 9 to every connection; sessions that are not resumable are forgotten."""
        for connection in self._connections:
            if not resumable and connection.session is not None:
                self._forget(connection.session)
            connection.put(Op.INVALID_SESSION, resumable)
        return len(self._connections)

    def mute(self) -> int:
        """Answer no more heartbeats on the present connections."""
        for connection in self._connections:
            connection.muted = True
        return len(self._connections)

    def repeat(self, count: int) -> int:
        """Tell the last events once more, as Discord does now and then. Returns how many."""
        events = list(self._last)[-count:]
        for session, event, payload in events:
            session.dispatch(event, payload)
        return len(events)

    def hold(self) -> int:
        """Keep events back from now on. Returns how many connections there are."""
        self._held = []
        return len(self._connections)

    def release(self, *, backwards: bool) -> int:
        """Let go of what was kept back, the last first where asked for. Returns how many events."""
        held, self._held = self._held or [], None
        for session, event, payload in reversed(held) if backwards else held:
            session.dispatch(event, payload)
        return len(held)

    async def close(self) -> None:
        """Close all connections, as the server ends."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001)

    # --- one connection -------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket from HELLO to its end."""
        compressor = _compressor(request.query.get("compress"))
        socket = web.WebSocketResponse(max_msg_size=16_384)
        await socket.prepare(request)
        if as_int(request.query.get("v"), VERSION) != VERSION or request.query.get("encoding", "json") != "json":
            await socket.close(code=Close.INVALID_VERSION, message=b"Only v=10 and encoding=json")
            return socket
        transport = request.transport
        connection = Connection(socket, transport)
        self._connections.add(connection)
        writer = asyncio.create_task(_write(connection, compressor))
        connection.put(Op.HELLO, {"heartbeat_interval": self._heartbeat_ms, "_trace": ["local"]})
        try:
            await self._read(connection)
        finally:
            writer.cancel()
            self._connections.discard(connection)
            self._detach(connection)
        return socket

    async def _read(self, connection: Connection) -> None:
        patience = self._heartbeat_ms / 1000 * 2
        while True:
            try:
                message = await connection.socket.receive(timeout=patience)
            except TimeoutError:
                connection.close(Close.SESSION_TIMED_OUT, "Session timed out.")
                patience = 5.0
                if connection.socket.closed:
                    return
                continue
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                connection.goodbye = message.type is WSMsgType.CLOSE and message.data in (1000, 1001)
                return
            try:
                frame = as_object(json.loads(message.data))
            except ValueError:
                connection.close(Close.DECODE_ERROR, "Error while decoding payload.")
                continue
            self._frame(connection, as_int(frame.get("op"), -1), frame.get("d"))

    def _frame(self, connection: Connection, op: int, data: Any) -> None:
        if op == Op.HEARTBEAT:
            if not connection.muted:
                connection.put(Op.HEARTBEAT_ACK)
        elif op == Op.IDENTIFY:
            self._identify(connection, as_object(data))
        elif op == Op.RESUME:
            self._resume(connection, as_object(data))
        elif connection.session is None:
            connection.close(Close.NOT_AUTHENTICATED, "Not authenticated.")
        elif op == Op.REQUEST_MEMBERS:
            self._members(connection.session, as_object(data))
        elif op not in (Op.PRESENCE, Op.VOICE):
            connection.close(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _token_fits(self, data: Json) -> bool:
        token = str(data.get("token") or "").removeprefix("Bot ")
        return secrets.compare_digest(token.encode(), self._token.encode())

    def _identify(self, connection: Connection, data: Json) -> None:
        shard = [as_int(item, -1) for item in as_list(data.get("shard") or [0, 1])]
        intents = as_int(data.get("intents"), -1)
        privileged = (
            Intent.MESSAGE_CONTENT * (not self._world.message_content_allowed)
            | Intent.MEMBERS * (not self._world.members_allowed)
            | Intent.PRESENCES * (not self._world.presences_allowed)
        )
        if connection.session is not None:
            connection.close(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
        elif not self._token_fits(data):
            connection.close(Close.AUTHENTICATION_FAILED, "Authentication failed.")
        elif len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            connection.close(Close.INVALID_SHARD, "Invalid shard.")
        elif not 0 <= intents <= ALL_INTENTS:
            connection.close(Close.INVALID_INTENTS, "Invalid intent(s).")
        elif intents & privileged:
            connection.close(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")
        else:
            session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]))
            self._sessions[session.id] = session
            self._attach(session, connection)
            self._welcome(session)

    def _welcome(self, session: Session) -> None:
        world = self._world
        here = [guild for guild in world.guilds if _covers(session, guild.id)]
        session.dispatch(
            "READY",
            {
                "v": VERSION,
                "user": payloads.own_user_json(world.bot),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in here],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.url,
                "shard": list(session.shard),
                "application": {"id": str(world.bot.id), "flags": payloads.application_flags(world)},
                "private_channels": [],
                "relationships": [],
                "user_settings": {},
                "presences": [],
                "guild_join_requests": [],
                "geo_ordered_rtc_regions": [],
                "_trace": ["local"],
            },
        )
        for guild in here:
            self._tell_guild(session, guild)

    def joined(self, guild: Guild) -> None:
        """The bot is in one guild more: tell the sessions that cover it."""
        for session in self._sessions.values():
            if _covers(session, guild.id):
                self._tell_guild(session, guild)

    def _tell_guild(self, session: Session, guild: Guild) -> None:
        if session.intents & Intent.GUILDS:
            everyone = bool(session.intents & Intent.MEMBERS)
            session.dispatch("GUILD_CREATE", payloads.guild_create_json(self._world, guild, all_members=everyone))

    def _resume(self, connection: Connection, data: Json) -> None:
        if not self._token_fits(data):
            connection.close(Close.AUTHENTICATION_FAILED, "Authentication failed.")
            return
        session = self._sessions.get(str(data.get("session_id")))
        seen = as_int(data.get("seq"), -1)
        if session is None or seen < 0 or (session.replay and session.replay[0][0] > seen + 1):
            connection.put(Op.INVALID_SESSION, False)
            return
        if seen > session.sequence:
            connection.close(Close.INVALID_SEQUENCE, "Invalid seq.")
            return
        old = session.connection
        if old is not None:
            old.session = None
            old.close(Close.UNKNOWN_ERROR)
        for number, frame in session.replay:
            if number > seen:
                connection.outgoing.put_nowait(frame)
        self._attach(session, connection)
        session.dispatch("RESUMED", {"_trace": ["local"]})

    def _members(self, session: Session, data: Json) -> None:
        world = self._world
        wanted = data.get("user_ids")
        ids = None if wanted is None else {as_id(item) for item in (as_list(wanted) or [wanted])}
        query = str(data.get("query") or "").lower()
        found = [
            member
            for member in world.members.values()
            if (ids is None or member.user_id in ids) and world.users[member.user_id].name.startswith(query)
        ]
        limit = as_int(data.get("limit"))
        chunk: Json = {
            "guild_id": str(world.guild.id),
            "members": [payloads.member_json(world, member) for member in (found[:limit] if limit else found)],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(item) for item in (ids or set[int]()) if item not in world.members],
        }
        if data.get("nonce") is not None:
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def _attach(self, session: Session, connection: Connection) -> None:
        before = self.online
        if session.expiry is not None:
            session.expiry.cancel()
            session.expiry = None
        session.connection, connection.session = connection, session
        if not before:
            self.on_status(True)

    def _detach(self, connection: Connection) -> None:
        session = connection.session
        if session is None:
            return
        session.connection = connection.session = None
        if connection.goodbye:
            self._forget(session)
        else:
            loop = asyncio.get_running_loop()
            session.expiry = loop.call_later(SESSION_SECONDS, self._forget, session)
        if not self.online:
            self.on_status(False)

    def _forget(self, session: Session) -> None:
        if self._sessions.get(session.id) is session:
            del self._sessions[session.id]


def _covers(session: Session, guild_id: int | None) -> bool:
    """Whether a session's shard is told of a guild; of direct messages (None) the first is."""
    number, count = session.shard
    return number == (0 if guild_id is None else (guild_id >> 22) % count)


def typing_json(world: World, user_id: int, channel_id: int, *, direct: bool) -> Json:
    """TYPING_START for the bot."""
    payload: Json = {
        "channel_id": str(channel_id),
        "user_id": str(user_id),
        "timestamp": int(now().timestamp()),
    }
    if not direct:
        payload["guild_id"] = str(world.guild_of(world.channels[channel_id]).id)
        payload["member"] = payloads.member_json(world, world.members[user_id])
    return payload


def _compressor(kind: str | None) -> Callable[[str], bytes] | None:
    if kind is None:
        return None
    try:
        if kind in ("zlib-stream", "zstd-stream"):
            return Compressor(kind)
    except ImportError:
        pass
    raise web.HTTPBadRequest(text=f"compress={kind} is not spoken here; use zlib-stream or leave it out")


async def _write(connection: Connection, compressor: Callable[[str], bytes] | None) -> None:
    try:
        while True:
            item = await connection.outgoing.get()
            if isinstance(item, tuple):
                await connection.socket.close(code=item[0], message=item[1].encode())
                return
            if compressor is None:
                await connection.socket.send_str(item)
            else:
                await connection.socket.send_bytes(compressor(item))
    except ConnectionError:
        log.debug("gateway connection lost while writing")
