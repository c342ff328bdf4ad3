"""Links of sources: web addresses alone, told and shown by the host that they really lead to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit

from knowledge.yamltree import INVISIBLE

_NEVER = frozenset('<>"`\\^{|}')
"""What no web address may hold as it is; browsers and chats read it in different ways."""

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_MARKS = "()[]*'@"
"""What an address may hold, but ends it in a message: shown as its number, which leads to the same place."""


def host_of(url: str) -> str:
    """The host that a link leads to, in small ASCII letters (an international name as "xn--…"); empty for no link.

    Only http and https count.
    """
    parts = _parts(url)
    return _ascii(parts.hostname or "") if parts and parts.scheme in ("http", "https") else ""


def link_problem(url: str) -> str:
    """What is wrong with a link, in words that say what to do; empty where nothing is, or there is no link."""
    if not url:
        return ""
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return "is not a web address: begin with https://, or leave it empty"
    if "@" in parts.netloc:
        return f"looks like one site and leads to another ({host_of(url)}): leave out all before the @"
    if any(c.isspace() or c in _NEVER for c in url) or INVISIBLE.search(url):
        return "holds a character that no link has: copy it from the address bar"
    if not _ascii(parts.hostname):
        return "has no host that there can be: copy it from the address bar"
    return ""


def shown_link(url: str) -> str:
    """A link as it is shown: with its real host, and so that a chat takes all of it for one."""
    parts = _parts(url)
    if not url or link_problem(url) or parts is None:
        return url
    port = f":{parts.port}" if parts.port else ""
    rest = url.split("://", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme}://{host_of(url)}{port}" + "".join(quote(c, safe="") if c in _MARKS else c for c in rest)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


def _ascii(host: str) -> str:
    """A host in ASCII, empty where it has no such form: names that look alike are told apart by it."""
    if ":" in host:
        return f"[{host}]"
    try:
        made = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return made if _HOST.fullmatch(made) else ""
