"""What tests and developers steer the server with; needs the control key."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.local import payloads
from bot.local.crowd import Crowd
from bot.local.errors import PersonError
from bot.local.faults import Faults, Recorder
from bot.local.gateway import Gateway
from bot.local.http_api import answer
from bot.local.jsontypes import Json, as_int, as_list, as_object
from bot.local.permissions import Permission, permission_named
from bot.local.ratelimits import RateLimits
from bot.local.state import Channel, ChannelType, Overwrite, World

ACCIDENTS = "drop, reconnect, invalid_session, mute_heartbeat, repeat, hold or release"


class ControlApi:
    """Faults, gateway accidents, the record of requests, permissions, intents and channels."""

    def __init__(
        self,
        world: World,
        gateway: Gateway,
        *,
        faults: Faults,
        recorder: Recorder,
        limits: RateLimits,
        crowd: Crowd,
        key: str,
        on_channels: Callable[[], None],
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._faults = faults
        self._recorder = recorder
        self._limits = limits
        self._crowd = crowd
        self._key = key
        self._on_channels = on_channels

    def routes(self) -> list[web.RouteDef]:
        """All below /control."""
        return [
            web.post("/control/faults", self._posted(self._set_faults)),
            web.post("/control/gateway", self._posted(self._accident)),
            web.post("/control/permissions", self._posted(self._permit)),
            web.post("/control/intents", self._posted(self._intents)),
            web.post("/control/channels", self._posted(self._add_channel)),
            web.post("/control/limits", self._posted(self._limit)),
            web.post("/control/crowd", self._posted(self._gather)),
            web.post("/control/load", self._posted(self._load)),
            web.get("/control/load", self.load),
            web.get("/control/requests", self.requests),
            web.delete("/control/requests", self.clear_requests),
        ]

    def _check(self, request: web.Request) -> None:
        given = request.headers.get("X-Control-Key", "")
        if not secrets.compare_digest(given.encode(), self._key.encode()):
            raise web.HTTPForbidden(text="Send the control key of the ready line as X-Control-Key.")

    def _posted(self, carry_out: Callable[[Json], Json]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self._check(request)
            try:
                return answer(carry_out(as_object(await request.json())))
            except (PersonError, ValueError, KeyError) as error:
                return answer({"error": str(error)}, 400)

        return handle

    async def requests(self, request: web.Request) -> web.Response:
        """What the bot asked for; `?since=N` leaves out the entries up to number N."""
        self._check(request)
        return answer({"requests": self._recorder.listed(as_int(request.query.get("since")))})

    async def clear_requests(self, request: web.Request) -> web.Response:
        """Forget the record."""
        self._check(request)
        self._recorder.clear()
        return web.Response(status=204)

    async def load(self, request: web.Request) -> web.Response:
        """What became of the crowd's questions."""
        self._check(request)
        return answer(self._crowd.outcome())

    def _limit(self, body: Json) -> Json:
        """Switch Discord's rate limits `on` (true) or off (false); tells how they stand."""
        if "on" in body:
            self._limits.switch(on=bool(body["on"]))
        return self._limits.figures()

    def _gather(self, body: Json) -> Json:
        """Bring `members` people into `servers` servers of `channels` channels more."""
        return self._crowd.gather(*(as_int(body.get(name)) for name in ("members", "servers", "channels")))

    def _load(self, body: Json) -> Json:
        """Let the crowd ask `questions`, so many a second as `rate` says."""
        questions = [str(item) for item in as_list(body.get("questions"))]
        return self._crowd.ask(questions, rate=float(body["rate"]), at_most=as_int(body.get("channels")))

    def _set_faults(self, body: Json) -> Json:
        return {"rules": self._faults.replace(body)}

    def _accident(self, body: Json) -> Json:
        action, gateway = body.get("action"), self._gateway
        if action == "drop":
            hit = gateway.drop(as_int(body["code"]) if body.get("code") else None)
        elif action == "reconnect":
            hit = gateway.ask_reconnect()
        elif action == "invalid_session":
            hit = gateway.invalidate(resumable=bool(body.get("resumable")))
        elif action == "mute_heartbeat":
            hit = gateway.mute()
        elif action == "repeat":
            hit = gateway.repeat(as_int(body.get("events"), 1))
        elif action == "hold":
            hit = gateway.hold()
        elif action == "release":
            hit = gateway.release(backwards=bool(body.get("backwards")))
        else:
            raise PersonError(f"unknown action {action}: {ACCIDENTS}")
        return {"connections": hit}

    def _channel(self, body: Json) -> Channel:
        channel = self._world.find_channel(str(body.get("channel")))
        if channel is None:
            raise PersonError(f"unknown channel {body.get('channel')}")
        return channel

    def _permit(self, body: Json) -> Json:
        """Set what the bot, or `user`, may (`allow`) and may not (`deny`) do in a channel."""
        channel = self._channel(body)
        person = self._world.person(str(body["user"])) if body.get("user") else self._world.bot
        if person is None:
            raise PersonError(f"unknown user {body.get('user')}")
        allow, deny = (_bits(body, name) for name in ("allow", "deny"))
        channel.overwrites[person.id] = Overwrite(person.id, 1, int(allow), int(deny))
        if not allow and not deny:
            del channel.overwrites[person.id]
        self._gateway.dispatch("CHANNEL_UPDATE", payloads.channel_json(self._world, channel))
        self._on_channels()
        return {"channel": str(channel.id), "allow": str(int(allow)), "deny": str(int(deny))}

    def _intents(self, body: Json) -> Json:
        """The privileged intents that the developer portal grants; holds from the next IDENTIFY on."""
        world = self._world
        world.message_content_allowed = bool(body.get("message_content", world.message_content_allowed))
        world.members_allowed = bool(body.get("members", world.members_allowed))
        world.presences_allowed = bool(body.get("presences", world.presences_allowed))
        return {"flags": payloads.application_flags(world)}

    def _add_channel(self, body: Json) -> Json:
        """Add a text channel (type 0) or a forum (type 15)."""
        kind = ChannelType(as_int(body.get("type")))
        if kind not in (ChannelType.TEXT, ChannelType.FORUM):
            raise PersonError("type must be 0 (text) or 15 (forum)")
        world = self._world
        position = sum(channel.type in (ChannelType.TEXT, ChannelType.FORUM) for channel in world.channels.values())
        channel = Channel(world.new_id(), kind, str(body["name"]), str(body.get("topic") or ""), position)
        world.channels[channel.id] = channel
        self._gateway.dispatch("CHANNEL_CREATE", payloads.channel_json(world, channel))
        self._on_channels()
        return payloads.channel_json(world, channel)


def _bits(body: Json, name: str) -> Permission:
    total = Permission(0)
    for item in as_list(body.get(name)):
        total |= permission_named(str(item))
    return total
