"""One bot's session and connection at the gateway: opcodes, close codes, compression, replay."""

from __future__ import annotations

import asyncio
import importlib
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import web

REPLAY = 1_000  # events kept for RESUME


class Intent(IntEnum):
    """The intents that decide which events a session gets."""

    GUILDS = 1 << 0
    MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_REACTIONS = 1 << 10
    GUILD_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_REACTIONS = 1 << 13
    DIRECT_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


ALL_INTENTS = (1 << 26) - 1
GUILD_AND_DIRECT = {
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_REACTIONS, Intent.DIRECT_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (Intent.GUILD_REACTIONS, Intent.DIRECT_REACTIONS),
    "TYPING_START": (Intent.GUILD_TYPING, Intent.DIRECT_TYPING),
    "CHANNEL_CREATE": (Intent.GUILDS, Intent.GUILDS),
    "CHANNEL_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_CREATE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_UPDATE": (Intent.GUILDS, Intent.GUILDS),
}


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Close codes."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Compressor:
    """One compressor a connection, flushed at each message."""

    def __init__(self, kind: str) -> None:
        self._flush_mode: int
        if kind == "zlib-stream":
            self._stream: Any = zlib.compressobj()
            self._flush_mode = zlib.Z_SYNC_FLUSH
        else:
            zstandard = importlib.import_module("zstandard")  # where the client has it, so do we
            self._stream = zstandard.ZstdCompressor().compressobj()
            self._flush_mode = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def __call__(self, text: str) -> bytes:
        """One message, compressed and flushed."""
        return self._stream.compress(text.encode()) + self._stream.flush(self._flush_mode)


@dataclass(eq=False, slots=True)
class Connection:
    """One websocket; frames leave in the order in which they were put."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    outgoing: asyncio.Queue[str | tuple[int, str]] = field(default_factory=asyncio.Queue[str | tuple[int, str]])
    session: Session | None = None
    muted: bool = False
    goodbye: bool = False  # the client itself closed for good, which ends its session

    def put(self, op: Op, data: Any = None) -> None:
        """Send one control frame."""
        self.outgoing.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int, why: str = "") -> None:
        """Close after everything that was put before."""
        self.outgoing.put_nowait((code, why))


@dataclass(eq=False, slots=True)
class Session:
    """A bot's session: it outlives its connection, so that a lost one can be resumed."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    replay: deque[tuple[int, str]] = field(default_factory=lambda: deque[tuple[int, str]](maxlen=REPLAY))
    connection: Connection | None = None
    expiry: asyncio.TimerHandle | None = None

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event, or keep it until the session is resumed."""
        self.sequence += 1
        frame = json.dumps({"op": Op.DISPATCH, "d": data, "s": self.sequence, "t": event})
        self.replay.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.outgoing.put_nowait(frame)
