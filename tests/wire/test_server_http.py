"""The HTTP API's limits and errors, and the doors that stay shut to strangers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.server import Settings, serve


class Api:
    """The HTTP API with the bot's token."""

    def __init__(self, server: ServerHandle, session: aiohttp.ClientSession, channel: str, bot_id: str) -> None:
        self._base = server.api_base
        self._session = session
        self.channel = channel
        self.bot_id = bot_id
        self.messages = f"/channels/{channel}/messages"
        self.commands = f"/applications/{bot_id}/commands"

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        async with self._session.request(method, self._base + path, json=body, **more) as response:
            assert response.headers.get("Content-Type") in ("application/json", None) or response.status == 204
            return response.status, await response.json(content_type=None) if response.status != 204 else None


@pytest.fixture
async def api(fresh_server: ServerHandle) -> AsyncIterator[Api]:
    headers = {"Authorization": f"Bot {fresh_server.bot_token}"}
    async with fresh_server.person("mira") as mira, aiohttp.ClientSession(headers=headers) as session:
        yield Api(fresh_server, session, mira.channel("general"), mira.bot["id"])


def button(**changes: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x", **changes}


def rows(*components: Json) -> Json:
    return {"content": "x", "components": [{"type": 1, "components": list(components)}]}


SELECT: Json = {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"content": 5}, "content"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
        ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields"),
        ({"embeds": [{"title": "t", "footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text"),
        ({"embeds": [{"title": "t", "url": "nowhere"}]}, "embeds.0.url"),
        ({"embeds": [{"description": "x" * 4000}] * 2}, "embeds"),
        ({"embeds": [{"title": ""}]}, "embeds.0.description"),
        (rows(button(custom_id="x" * 101)), "components.0.components.0.custom_id"),
        (rows(button(label="x" * 81)), "components.0.components.0.label"),
        (rows(button(style=9)), "components.0.components.0.style"),
        (rows(*(button(custom_id=str(n)) for n in range(6))), "components.0.components"),
        (rows(button(), button()), "components"),
        (rows(SELECT, button()), "components.0"),
        (rows({**SELECT, "options": []}), "components.0.components.0.options"),
        (rows({**SELECT, "options": SELECT["options"] * 2}), "components.0.components.0.options.1.value"),
        ({"content": "x", "components": [{"type": 10, "content": "v2"}]}, "components.0.type"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]}, "components"),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41}, "components"),
    ],
)
async def test_what_is_over_discords_limits_is_refused_with_its_field(api: Api, body: Json, field: str) -> None:
    status, answer = await api("POST", api.messages, body)
    assert status == 400
    assert answer["code"] == 50035
    node = answer["errors"]
    for part in field.split("."):
        assert part in node, answer
        node = node[part]
    assert node["_errors"][0]["code"]


async def test_what_is_at_the_limits_is_accepted(api: Api) -> None:
    embeds = [{"title": "x" * 256, "description": "y" * 4096, "footer": {"text": "z" * 1648}}]
    body = {"content": "x" * 2000, "embeds": embeds, **{"components": rows(button(custom_id="c" * 100))["components"]}}
    status, message = await api("POST", api.messages, body)
    assert status == 200
    assert message["embeds"][0]["type"] == "rich"
    assert message["components"][0]["components"][0]["id"]


async def test_an_empty_message_is_refused(api: Api) -> None:
    assert (await api("POST", api.messages, {"content": "  "}))[1]["code"] == 50006
    _, message = await api("POST", api.messages, {"content": "x"})
    status, answer = await api("PATCH", f"{api.messages}/{message['id']}", {"content": ""})
    assert (status, answer["code"]) == (400, 50006)


async def test_a_nonce_posts_once(api: Api) -> None:
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    first, second = await api("POST", api.messages, body), await api("POST", api.messages, body)
    assert first[1]["id"] == second[1]["id"]
    assert len((await api("GET", api.messages))[1]) == 1


async def test_history_is_newest_first_and_paged(api: Api) -> None:
    ids = [(await api("POST", api.messages, {"content": str(n)}))[1]["id"] for n in range(5)]
    assert [m["id"] for m in (await api("GET", api.messages, params={"limit": 2}))[1]] == ids[:2:-1]
    before = await api("GET", api.messages, params={"before": ids[2]})
    after = await api("GET", api.messages, params={"after": ids[2]})
    around = await api("GET", api.messages, params={"around": ids[2], "limit": 3})
    assert [m["id"] for m in before[1]] == [ids[1], ids[0]]
    assert [m["id"] for m in after[1]] == [ids[4], ids[3]]
    assert [m["id"] for m in around[1]] == [ids[3], ids[2], ids[1]]
    assert (await api("GET", api.messages, params={"limit": 200}))[0] == 400


async def test_a_reply_to_nothing_can_be_allowed(api: Api) -> None:
    body = {"content": "x", "message_reference": {"message_id": "1", "fail_if_not_exists": False}}
    status, message = await api("POST", api.messages, body)
    assert status == 200
    assert message["type"] == 0


async def test_unknown_things_are_404_with_discords_codes(api: Api) -> None:
    assert (await api("GET", "/channels/1"))[1] == {"message": "Unknown Channel", "code": 10003}
    assert (await api("GET", f"{api.messages}/1"))[1]["code"] == 10008
    assert (await api("GET", "/users/1"))[1]["code"] == 10013
    assert (await api("GET", "/guilds/nonsense"))[1]["code"] == 10004
    assert (await api("POST", "/interactions/1/x/callback", {"type": 4}))[1]["code"] == 10062
    assert (await api("POST", f"/webhooks/{api.bot_id}/x", {"content": "x"}))[1]["code"] == 10015
    assert await api("GET", "/no/such/place") == (404, {"message": "404: Not Found", "code": 0})
    assert (await api("DELETE", "/users/@me"))[0] == 405


async def test_a_body_that_is_no_json(api: Api) -> None:
    status, answer = await api("POST", api.messages, data="{", headers={"Content-Type": "application/json"})
    assert (status, answer["code"]) == (400, 50109)


COMMAND: Json = {"name": "x", "description": "x", "type": 1}


def option(**changes: Any) -> Json:
    return {**COMMAND, "options": [{"type": 3, "name": "o", "description": "o", **changes}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x" * 33}, "0.name"),
        ({"name": "Upper"}, "0.name"),
        ({"name": "two words"}, "0.name"),
        ({"description": ""}, "0.description"),
        ({"description": "x" * 101}, "0.description"),
        ({"type": 3}, "0.description"),
        ({"options": [option()["options"][0]] * 26}, "0.options"),
        (option(type=99), "0.options.0.type"),
        (option(choices=[{"name": "c", "value": "c"}] * 26), "0.options.0.choices"),
        (option(choices=[{"name": "c", "value": "c" * 101}]), "0.options.0.choices.0.value"),
        (option(choices=[{"name": "c", "value": "c"}], autocomplete=True), "0.options.0.choices"),
        (option(max_length=6001), "0.options.0.max_length"),
        ({"default_member_permissions": "lots"}, "0.default_member_permissions"),
        ({"contexts": [7]}, "0.contexts"),
        (
            {"options": [{"type": 3, "name": n, "description": n, "required": n == "b"} for n in ("a", "b")]},
            "0.options.1",
        ),
    ],
)
async def test_commands_over_discords_limits_are_refused(api: Api, body: Json, field: str) -> None:
    status, answer = await api("PUT", api.commands, [{**COMMAND, **body}])
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for part in field.split("."):
        assert part in node, answer
        node = node[part]
    assert (await api("GET", api.commands))[1] == []


async def test_commands_one_by_one(api: Api) -> None:
    status, made = await api("POST", api.commands, COMMAND)
    assert status == 201
    assert (await api("POST", api.commands, {**COMMAND, "description": "y"})) == (
        200,
        {**made, "description": "y", "version": (await api("GET", api.commands))[1][0]["version"]},
    )
    one = f"{api.commands}/{made['id']}"
    assert (await api("PATCH", one, {"name": "z"}))[1]["id"] == made["id"]
    assert (await api("GET", one))[1]["name"] == "z"
    assert (await api("DELETE", one))[0] == 204
    assert (await api("GET", one))[1]["code"] == 10063
    many = [{**COMMAND, "name": f"c{n}"} for n in range(101)]
    assert (await api("PUT", api.commands, many))[1]["code"] == 30032
    assert (await api("PUT", api.commands, [COMMAND, COMMAND]))[0] == 400


async def test_without_the_portals_switch_history_comes_without_texts(fresh_server: ServerHandle, api: Api) -> None:
    async with fresh_server.person("sam") as sam:
        message = await sam.say("general", "private matters")
        assert (await api("GET", api.messages))[1][0]["content"] == "private matters"
        await fresh_server.control("intents", {"message_content": False})
        assert (await api("GET", f"{api.messages}/{message['id']}"))[1]["content"] == ""


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/", "/page/ws", "/api/v10/gateway", "/gateway/", "/control/requests"])
async def test_strange_hosts_and_origins_are_refused(
    fresh_server: ServerHandle, headers: dict[str, str], path: str
) -> None:
    async with aiohttp.ClientSession() as session, session.get(fresh_server.origin + path, headers=headers) as answer:
        assert answer.status == 403
        assert "key" not in await answer.text()


async def test_keys_are_asked_for(fresh_server: ServerHandle) -> None:
    origin = fresh_server.origin
    async with aiohttp.ClientSession() as session:
        for path in ("/page/ws", "/page/ws?key=wrong", "/control/requests"):
            async with session.get(origin + path) as answer:
                assert answer.status == 403
        async with session.post(f"{origin}/control/faults", json={"rules": []}) as answer:
            assert answer.status == 403
        async with session.get(f"{fresh_server.api_base}/users/@me") as answer:
            assert (answer.status, await answer.json()) == (401, {"message": "401: Unauthorized", "code": 0})
        wanted = {"key": fresh_server.key, "user": "nobody"}
        async with session.get(f"{origin}/page/ws", params=wanted) as answer:
            assert answer.status == 404


async def test_keys_are_new_at_each_start(fresh_server: ServerHandle) -> None:
    def keys(server: ServerHandle) -> set[str]:
        return {server.key, server.control_key, server.bot_token}

    async with serve(Settings()) as ready:
        again = ServerHandle.from_ready(ready)
        assert len(keys(fresh_server) | keys(again)) == 6
        assert min(map(len, keys(again))) >= 40
        headers = {"X-Control-Key": fresh_server.control_key}
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.get(f"{again.origin}/control/requests") as answer:
                assert answer.status == 403
            async with session.get(f"{fresh_server.origin}/control/requests") as answer:
                assert answer.status == 200


async def test_the_page_is_served_under_a_strict_policy(fresh_server: ServerHandle) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(fresh_server.url) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        for path in ("/../server.py", "/%2e%2e/server.py", "/server.py", "/nothing.html", "/page_api.py"):
            async with session.get(fresh_server.origin + path) as answer:
                assert answer.status == 404


@pytest.mark.parametrize(
    ("kind", "served"),
    [
        ("image/png", "image/png"),
        ("IMAGE/SVG+XML", "application/octet-stream"),
        ("image/svg+xml; charset=utf-8", "application/octet-stream"),
        ("image/unheard-of", "application/octet-stream"),
        ("text/html", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("name", ["x.bin", "{x}<>%2F.bin"])
async def test_only_pictures_without_scripts_are_shown_by_the_browser_itself(
    fresh_server: ServerHandle, api: Api, kind: str, served: str, name: str
) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", b"<svg xmlns='http://www.w3.org/2000/svg'/>", filename=name, content_type=kind)
    headers = {"Authorization": f"Bot {fresh_server.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(fresh_server.api_base + api.messages, data=form) as response:
            (attachment,) = (await response.json())["attachments"]
        async with session.get(attachment["url"]) as response:
            assert response.status == 200
            assert response.content_type == served
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]
            assert response.headers["Content-Disposition"] == ("inline" if kind == "image/png" else "attachment")


async def test_a_form_that_is_none(api: Api) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; filename="a;b"\r\n\r\nx\r\n--x--\r\n'
    status, answer = await api("POST", api.messages, data=body, headers=headers)
    assert (status, answer["code"]) == (400, 50035)
