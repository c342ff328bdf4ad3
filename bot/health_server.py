"""/healthz and /metrics over HTTP, on this machine alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from bot.health import Health, Status
from bot.metrics import StateCollector, WithoutCreated
from knowledge.events import Events

events = Events(__name__)

HOST = "127.0.0.1"
_OURS = frozenset({HOST, "localhost"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


@contextlib.asynccontextmanager
async def serve_health(port: int, health: Health, registry: CollectorRegistry) -> AsyncGenerator[int | None]:
    """Serve for the length of the block; gives the port, or None for none.

    A port that is taken is told in the log: the bot is worth more than its figures.
    """
    if not port:
        yield None
        return
    app = web.Application(middlewares=[_at_home])
    state = StateCollector(health)
    registry.register(state)

    async def healthz(_: web.Request) -> web.Response:
        report = await health.report()
        return web.json_response(report.object(), status=503 if report.status is Status.DOWN else 200)

    async def metrics(_: web.Request) -> web.Response:
        await state.scraped()
        body = generate_latest(WithoutCreated(registry))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        try:
            await site.start()
        except OSError as error:
            events.warning(
                "health.unavailable",
                f"nothing can be watched: {error.strerror}. Set health.port to a free one, or to 0 for none",
                port=port,
            )
            yield None
        else:
            yield port
    finally:
        await runner.cleanup()


@web.middleware
async def _at_home(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away pages in a browser: those that have made their own name lead here, and those that say where they are.

    Whoever types the address may look; a browser then says that no page sent it, and programs say nothing of it.
    """
    name = request.host.rpartition(":")[0] or request.host
    if name not in _OURS:
        return web.Response(status=403, text="Only by 127.0.0.1 or localhost.\n", headers=_HEADERS)
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return web.Response(status=403, text="Not for other pages: type the address.\n", headers=_HEADERS)
    response = await handler(request)
    response.headers.update(_HEADERS)
    return response
