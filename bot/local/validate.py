"""Discord's limits on messages and embeds, checked as Discord checks them."""

from __future__ import annotations

import re
from typing import Any

from bot.local.errors import ApiError, FormErrors
from bot.local.jsontypes import Json, as_list, as_object, as_objects
from bot.local.state import MessageFlag
from bot.local.validate_components import check_layout, check_rows

CONTENT = 2000
EMBEDS = 10
EMBED_TOTAL = 6000
EMBED_FIELDS = 25
ATTACHMENTS = 10
NONCE = 25
WEB = re.compile(r"^(https?|attachment)://\S+$")
SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2


def check_message(body: Json, errors: FormErrors, *, flags: int = 0) -> None:
    """Check the parts of a message body that are there; `flags` are those the message already has."""
    errors.text("content", body.get("content"), longest=CONTENT)
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        errors.text("nonce", nonce, longest=NONCE)
    check_embeds(body.get("embeds"), errors)
    errors.count("attachments", as_list(body.get("attachments")), most=ATTACHMENTS)
    if (flags | int(body.get("flags") or 0)) & MessageFlag.IS_COMPONENTS_V2:
        for name in ("content", "embeds"):
            if body.get(name):
                errors.add(
                    name,
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
        check_layout(body.get("components"), errors)
    else:
        check_rows(body.get("components"), errors)


def check_not_empty(content: str, embeds: list[Json], components: list[Json], files: int) -> None:
    """Refuse a message without anything to see.

    Raises:
        ApiError: 400, code 50006.
    """
    if not (content.strip() or embeds or components or files):
        raise ApiError(400, 50006, "Cannot send an empty message")


def check_embeds(value: Any, errors: FormErrors) -> None:
    """Check a message's embeds, each and together."""
    if value is None:
        return
    if not isinstance(value, list):
        errors.add("embeds", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    embeds = as_objects(value)
    errors.count("embeds", as_list(value), most=EMBEDS)
    total = 0
    for index, embed in enumerate(embeds):
        total += _check_embed(f"embeds.{index}", embed, errors)
    if total > EMBED_TOTAL:
        errors.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def _check_embed(path: str, embed: Json, errors: FormErrors) -> int:
    """Check one embed and count the characters that go towards the total."""
    author, footer = as_object(embed.get("author")), as_object(embed.get("footer"))
    fields = as_list(embed.get("fields"))
    errors.text(f"{path}.title", embed.get("title"), longest=256)
    errors.text(f"{path}.description", embed.get("description"), longest=4096)
    if author:
        errors.text(f"{path}.author.name", author.get("name"), longest=256, required=True)
    if footer:
        errors.text(f"{path}.footer.text", footer.get("text"), longest=2048, required=True)
    errors.count(f"{path}.fields", fields, most=EMBED_FIELDS)
    counted = [embed.get("title"), embed.get("description"), author.get("name"), footer.get("text")]
    for number, item in enumerate(as_objects(fields)):
        errors.text(f"{path}.fields.{number}.name", item.get("name"), longest=256, required=True)
        errors.text(f"{path}.fields.{number}.value", item.get("value"), longest=1024, required=True)
        counted += [item.get("name"), item.get("value")]
    addresses = {
        "url": embed.get("url"),
        "author.url": author.get("url"),
        "image.url": as_object(embed.get("image")).get("url"),
        "thumbnail.url": as_object(embed.get("thumbnail")).get("url"),
    }
    for name, url in addresses.items():
        if url is not None and not (isinstance(url, str) and WEB.match(url)):
            errors.add(f"{path}.{name}", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    colour = embed.get("color")
    if colour is not None and not (isinstance(colour, int) and 0 <= colour <= 0xFFFFFF):
        errors.add(f"{path}.color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
    shown = any(counted) or any(embed.get(name) for name in ("image", "thumbnail", "video", "fields"))
    if not shown:
        errors.required(f"{path}.description")
    return sum(len(text) for text in counted if isinstance(text, str))
