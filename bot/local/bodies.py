"""Request bodies become drafts of messages, checked against Discord's limits."""

from __future__ import annotations

from bot.local.attachments import Attachments, Upload
from bot.local.errors import FormErrors
from bot.local.jsontypes import Json, as_int, as_objects
from bot.local.mentions import read_allowed
from bot.local.messages import Draft
from bot.local.state import Message, MessageFlag
from bot.local.validate import SETTABLE, check_message, check_not_empty
from bot.local.validate_components import number


def read_draft(
    body: Json, uploads: list[Upload], attachments: Attachments, channel_id: int, *, ephemeral_ok: bool = False
) -> Draft:
    """A new message from a body.

    Raises:
        FormError: something in it is against the limits.
        ApiError: it is empty, or a file is too large.
    """
    errors = FormErrors()
    check_message(body, errors)
    allowed = read_allowed(body.get("allowed_mentions"), errors)
    errors.check()
    content = body.get("content") or ""
    embeds, components = as_objects(body.get("embeds")), as_objects(body.get("components"))
    check_not_empty(content, embeds, components, len(uploads))
    settable = SETTABLE | (MessageFlag.EPHEMERAL if ephemeral_ok else 0)
    nonce = body.get("nonce")
    return Draft(
        content=content.strip(),
        embeds=embeds,
        components=number(components),
        attachments=attachments.attach(body, uploads, channel_id),
        flags=as_int(body.get("flags")) & settable,
        allowed=allowed,
        nonce=nonce if isinstance(nonce, (int, str)) else None,
        tts=bool(body.get("tts")),
    )


def read_changes(
    body: Json, uploads: list[Upload], attachments: Attachments, message: Message
) -> tuple[Draft, set[str]]:
    """The changes to a message, and which parts the body names.

    Raises:
        FormError: something in it is against the limits.
        ApiError: nothing would be left, or a file is too large.
    """
    errors = FormErrors()
    check_message(body, errors, flags=message.flags)
    allowed = read_allowed(body.get("allowed_mentions"), errors)
    errors.check()
    given = {part for part in ("content", "embeds", "components", "flags") if part in body}
    changes = Draft(
        content=(body.get("content") or "").strip(),
        embeds=as_objects(body.get("embeds")),
        components=number(body.get("components")),
        flags=as_int(body.get("flags")),
        allowed=allowed,
    )
    if "attachments" in body or uploads:
        given.add("attachments")
        changes.attachments = attachments.attach(body, uploads, message.channel_id, message.attachments)
    check_not_empty(
        changes.content if "content" in given else message.content,
        changes.embeds if "embeds" in given else message.embeds,
        changes.components if "components" in given else message.components,
        len(changes.attachments if "attachments" in given else message.attachments),
    )
    return changes, given
