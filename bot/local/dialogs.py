"""Modals as a person without a browser has them in front."""

from __future__ import annotations

from bot.local.jsontypes import Json, as_object, as_objects

_SELECT = 3


def prefilled(dialog: Json) -> Json:
    """What stands in the fields of a modal when it opens, by custom_id."""
    inputs = [as_object(label.get("component")) for label in as_objects(dialog["components"])]
    texts = {one["custom_id"]: one["value"] for one in inputs if one.get("value")}
    chosen = {
        one["custom_id"]: [option["value"] for option in as_objects(one["options"]) if option.get("default")]
        for one in inputs
        if one.get("type") == _SELECT
    }
    return {**texts, **{name: values for name, values in chosen.items() if values}}
