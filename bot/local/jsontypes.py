"""JSON values with the few checks that reading a stranger's body needs."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]


def as_object(value: Any) -> Json:
    """The value as a JSON object; empty where it is none."""
    return cast("Json", value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The value as a JSON array; empty where it is none."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def as_objects(value: Any) -> list[Json]:
    """The objects of a JSON array; anything else in it is left out."""
    return [cast("Json", item) for item in as_list(value) if isinstance(item, dict)]


def as_id(value: Any) -> int | None:
    """A snowflake, sent as a string or as an integer; None where it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    return None


def as_int(value: Any, default: int = 0) -> int:
    """An integer; the default where it is none."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit() and len(value) <= 20:
        return int(value)
    return default
