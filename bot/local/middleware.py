"""What stands before every request: who may ask at all, reading bodies, faults, errors as JSON."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_request import FileField

from bot.local.attachments import Upload
from bot.local.errors import ApiError
from bot.local.faults import Faults, Recorder, Rule
from bot.local.http_api import BODY, UPLOADS, answer
from bot.local.jsontypes import Json
from bot.local.ratelimits import INVALID, RateLimits
from bot.local.state import World


def guard(world: World) -> Middleware:
    """Refuse hosts and origins other than this machine's own, which stops DNS rebinding."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        port = urlsplit(world.base_url).port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        if request.headers.get("Host", "").lower() not in hosts:
            raise web.HTTPForbidden(text="This server answers only to its address on this machine.")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() not in {f"http://{host}" for host in hosts}:
            raise web.HTTPForbidden(text="Requests from other pages are refused.")
        response = await handler(request)
        if not response.prepared:
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Referrer-Policy", "no-referrer")
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    return check


def bot_api(token: str, faults: Faults, recorder: Recorder, limits: RateLimits, prefix: str) -> Middleware:
    """Everything below `prefix`: record, inject faults, keep limits, check the token, answer errors as Discord does."""

    @web.middleware
    async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        template = resource.canonical.removeprefix(prefix) if resource else request.path
        path = request.path.removeprefix(prefix)
        entry = recorder.begin(request.method, template, path, dict(request.query))
        headers: dict[str, str] = {}
        try:
            if limits.on and limits.invalid > INVALID:
                return _noted(entry, limits, _banned(60.0))
            await _read_body(request, entry)
            rule = faults.take(request.method, path)
            if rule is not None and not rule.after:
                spoiled = await _spoil(rule, request)
                if spoiled is not None:
                    return _noted(entry, limits, spoiled)
            if not path.startswith(("/interactions/", "/webhooks/")):
                _check_token(request, token)
            refused, headers = limits.take(request.method, template, path)
            if refused is not None:
                return _noted(entry, limits, _too_soon(refused.retry_after, everywhere=refused.everywhere), headers)
            response = await handler(request)
            if rule is not None and rule.after:
                response = await _spoil(rule, request) or response
        except ApiError as error:
            response = answer(error.body(), error.status)
        except web.HTTPException as error:
            response = answer({"message": f"{error.status}: {error.reason}", "code": 0}, error.status)
        return _noted(entry, limits, response, headers)

    return serve


def _noted(
    entry: Json, limits: RateLimits, response: web.StreamResponse, headers: Mapping[str, str] | None = None
) -> web.StreamResponse:
    entry["status"], entry["scope"] = response.status, response.headers.get("X-RateLimit-Scope")
    limits.note(response.status)
    if not response.prepared:
        response.headers.update(headers or {})
    return response


def _too_soon(retry_after: float, *, everywhere: bool) -> web.Response:
    """429 as Discord answers it."""
    body = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": everywhere}
    response = answer(body, 429)
    response.headers["Via"] = "1.1 local"
    response.headers["Retry-After"] = str(math.ceil(retry_after))
    response.headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    return response


def _banned(retry_after: float) -> web.Response:
    """429 as what stands before Discord answers an address with too many invalid requests."""
    response = web.Response(status=429, text="error code: 1015")
    response.headers["Retry-After"] = str(math.ceil(retry_after))
    return response


def _check_token(request: web.Request, token: str) -> None:
    given = request.headers.get("Authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bot {token}".encode()):
        raise ApiError(401, 0, "401: Unauthorized")


async def _spoil(rule: Rule, request: web.Request) -> web.Response | None:
    if rule.delay:
        await asyncio.sleep(rule.delay)
    if rule.drop:
        if request.transport is not None:
            request.transport.close()
        return web.Response(status=500)  # written to a closed connection: nobody sees it
    if rule.status is None:
        return None
    if rule.status == 429:
        return _too_soon(rule.retry_after, everywhere=rule.everywhere) if rule.via else _banned(rule.retry_after)
    return answer({"message": rule.message or f"{rule.status}: injected fault", "code": rule.code}, rule.status)


async def _read_body(request: web.Request, entry: Json) -> None:
    if not request.can_read_body:
        return
    uploads: list[Upload] = []
    text: str | bytes = b""
    if request.content_type == "multipart/form-data":
        try:
            form = await request.post()
        except ValueError:
            raise ApiError(400, 50035, "Invalid Form Body") from None
        for field, value in form.items():
            if isinstance(value, FileField):
                kind = value.content_type
                uploads.append(Upload(field, value.filename, kind, value.file.read()))
            elif field == "payload_json" and isinstance(value, str):
                text = value
        entry["files"] = [{"field": item.field, "name": item.name, "size": len(item.content)} for item in uploads]
    else:
        text = await request.read()
    request[UPLOADS] = uploads
    if not text:
        return
    try:
        read: Any = json.loads(text)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    entry["body"] = json.loads(text)  # a copy of its own: reading must not change what was recorded
    request[BODY] = read
