"""Uploaded files: kept in memory, served back under an address that cannot be guessed."""

from __future__ import annotations

import mimetypes
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace

from aiohttp import web

from bot.local import message_payloads
from bot.local.errors import ApiError, PersonError
from bot.local.jsontypes import Json, as_id, as_objects
from bot.local.state import World

SIZE_LIMIT = 10 * 1024 * 1024  # Discord's limit for one file without boosts
KEPT_BYTES = 100 * 1024 * 1024  # the oldest files make room
_ANY = "application/octet-stream"
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds that a browser may show by themselves: none of them can hold a script. The rest it saves."""
KEPT_UPLOADS = 100  # files of people that wait to be handed to a command


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    field: str
    name: str
    kind: str
    content: bytes


class Attachments:
    """All files that were uploaded."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._files: OrderedDict[tuple[str, str], Upload] = OrderedDict()
        self._size = 0
        self._uploaded: OrderedDict[int, tuple[int, Json]] = OrderedDict()

    def upload(self, user_id: int, channel_id: int, upload: Upload) -> Json:
        """Keep a person's file for an option of a command; returns the attachment.

        Raises:
            PersonError: the file is too large.
        """
        if len(upload.content) > SIZE_LIMIT:
            raise PersonError(f"The file is larger than {SIZE_LIMIT // 1024 // 1024} MB.")
        stored = self._store(upload, channel_id, {})
        self._uploaded[int(stored["id"])] = (user_id, stored)
        while len(self._uploaded) > KEPT_UPLOADS:
            self._uploaded.popitem(last=False)
        return stored

    def uploaded_by(self, user_id: int) -> dict[int, Json]:
        """The attachments that a person has uploaded for commands, by id."""
        return {number: stored for number, (user, stored) in self._uploaded.items() if user == user_id}

    def attach(self, body: Json, uploads: list[Upload], channel_id: int, kept: list[Json] | None = None) -> list[Json]:
        """The attachments of a message: those listed of `kept`, and the uploads.

        Raises:
            ApiError: 413, a file is too large.
        """
        listed = as_objects(body.get("attachments"))
        old = {item["id"]: item for item in kept or []}
        result = [old[str(item.get("id"))] for item in listed if str(item.get("id")) in old]
        if body.get("attachments") is None:
            result = list(old.values())
        about = {as_id(item.get("id")): item for item in listed}
        for upload in uploads:
            if len(upload.content) > SIZE_LIMIT:
                raise ApiError(413, 40005, "Request entity too large")
            number = as_id(upload.field.removeprefix("files[").removesuffix("]"))
            item = about.get(number, {})
            result.append(self._store(upload, channel_id, item))
        return result

    def _store(self, upload: Upload, channel_id: int, about: Json) -> Json:
        name = str(about.get("filename") or upload.name or "file").replace("/", "_")
        kind = upload.kind
        if kind in ("", _ANY):  # as most clients send files; Discord then goes by the name as well
            kind = mimetypes.guess_type(name)[0] or _ANY
        upload = replace(upload, kind=kind)
        secret = secrets.token_urlsafe(12)
        attachment_id = self._world.new_id()
        self._files[str(attachment_id), secret] = upload
        self._size += len(upload.content)
        while self._size > KEPT_BYTES:
            self._size -= len(self._files.popitem(last=False)[1].content)
        stored = message_payloads.attachment_json(
            self._world, channel_id, attachment_id, name=name, secret=secret, size=len(upload.content), kind=kind
        )
        if about.get("description"):
            stored["description"] = about["description"]
        return stored

    async def serve(self, request: web.Request) -> web.Response:
        """GET an uploaded file."""
        found = self._files.get((request.match_info["attachment_id"], request.match_info["secret"]))
        if found is None:
            raise web.HTTPNotFound
        shown = found.kind in SHOWN
        return web.Response(
            body=found.content,
            content_type=found.kind if shown else _ANY,
            headers={
                "Content-Disposition": "inline" if shown else "attachment",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )
