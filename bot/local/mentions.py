"""Whom a message pings: what its text mentions, less what `allowed_mentions` forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.local.errors import FormErrors
from bot.local.jsontypes import Json, as_id, as_list, as_object
from bot.local.permissions import Permission, channel_permissions
from bot.local.state import Channel, Message, User, World

USER = re.compile(r"<@!?(\d{1,20})>")
ROLE = re.compile(r"<@&(\d{1,20})>")
EVERYONE = re.compile(r"@(?:everyone|here)\b")
CODE = re.compile(r"(`{1,3}).*?\1", re.DOTALL)  # nothing in code pings


@dataclass(frozen=True, slots=True)
class Allowed:
    """The `allowed_mentions` of a request; the default allows everything."""

    users: frozenset[int] | None = None  # None: all
    roles: frozenset[int] | None = None
    everyone: bool = True
    replied_user: bool = True


@dataclass(slots=True)
class Pings:
    """Who really is pinged."""

    users: list[int] = field(default_factory=list[int])
    roles: list[int] = field(default_factory=list[int])
    everyone: bool = False


def read_allowed(value: Any, errors: FormErrors) -> Allowed:
    """Read `allowed_mentions` from a body; without it, everything may ping."""
    if value is None:
        return Allowed()
    given: Json = as_object(value)
    parse = [str(item) for item in as_list(given.get("parse"))]
    for kind in parse:
        if kind not in ("users", "roles", "everyone"):
            errors.add(
                "allowed_mentions.parse",
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'roles', 'everyone').",
            )
    chosen: dict[str, frozenset[int] | None] = {}
    for kind in ("users", "roles"):
        listed = as_list(given.get(kind))
        ids = frozenset(found for item in listed if (found := as_id(item)) is not None)
        errors.count(f"allowed_mentions.{kind}", listed, most=100)
        if kind in parse and ids:
            errors.add(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
        chosen[kind] = None if kind in parse else ids
    return Allowed(chosen["users"], chosen["roles"], "everyone" in parse, bool(given.get("replied_user")))


def find_pings(
    world: World, author: User, channel: Channel, content: str, *, allowed: Allowed, answered: Message | None
) -> Pings:
    """Whom a text pings in a channel; `answered` is the message that is replied to."""
    text = CODE.sub(" ", content)
    may_ping_all = Permission.MENTION_EVERYONE in channel_permissions(world, author.id, channel)
    pings = Pings(everyone=allowed.everyone and may_ping_all and EVERYONE.search(text) is not None)
    for match in USER.finditer(text):
        user_id = int(match[1])
        if user_id in world.users and user_id not in pings.users and _in(user_id, allowed.users):
            pings.users.append(user_id)
    for match in ROLE.finditer(text):
        role = world.roles.get(int(match[1]))
        if role and role.id not in pings.roles and (role.mentionable or may_ping_all) and _in(role.id, allowed.roles):
            pings.roles.append(role.id)
    if answered and allowed.replied_user and answered.author_id not in pings.users:
        pings.users.append(answered.author_id)
    return pings


def _in(wanted: int, allowed: frozenset[int] | None) -> bool:
    return allowed is None or wanted in allowed
