"""A person's command options, select values and modal fields, checked before the bot sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.local import payloads
from bot.local.errors import PersonError
from bot.local.jsontypes import Json, as_id, as_list, as_object, as_objects
from bot.local.state import World
from bot.local.validate_components import SELECTS, Kind

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


class Resolved:
    """The users, roles, channels and files that an interaction names; `files` are those of its person, by id."""

    def __init__(self, world: World, *, direct: bool, files: Mapping[int, Json]) -> None:
        self._world = world
        self._direct = direct
        self._files = files
        self.data: Json = {}

    def add(self, kind: int, value: Any) -> bool:
        """Add the thing behind an id, if it exists and is of that option kind."""
        wanted = as_id(value)
        world = self._world
        if wanted in world.users and kind in (USER, MENTIONABLE):
            self._put("users", wanted, payloads.user_json(world.users[wanted]))
            if not self._direct and wanted in world.members:
                member = payloads.member_json(world, world.members[wanted], with_user=False)
                self._put("members", wanted, {**member, "permissions": "0"})
        elif wanted in world.roles and kind in (ROLE, MENTIONABLE):
            self._put("roles", wanted, payloads.role_json(world.roles[wanted]))
        elif wanted in world.channels and kind == CHANNEL:
            channel = payloads.channel_json(world, world.channels[wanted])
            self._put("channels", wanted, {**channel, "permissions": "0"})
        elif wanted is not None and wanted in self._files and kind == ATTACHMENT:
            self._put("attachments", wanted, self._files[wanted])
        else:
            return False
        return True

    def _put(self, group: str, key: int, value: Json) -> None:
        self.data.setdefault(group, {})[str(key)] = value


def read_options(declared: Any, given: Any, resolved: Resolved, *, partial: bool = False) -> list[Json]:
    """The options as the bot gets them. `partial`: for autocomplete, where some are still missing.

    Raises:
        PersonError: an option is unknown, missing or against its limits.
    """
    known = {option["name"]: option for option in as_objects(declared)}
    filled = {str(option.get("name")): option for option in as_objects(given)}
    for name in filled:
        if name not in known:
            raise PersonError(f"This command has no option {name}.")
    result: list[Json] = []
    for name, option in known.items():
        value = filled.get(name)
        if value is None:
            if option.get("required") and not partial:
                raise PersonError(f"The option {name} is missing.")
            continue
        kind = option["type"]
        if kind in (SUBCOMMAND, GROUP):
            inner = read_options(option.get("options"), value.get("options"), resolved, partial=partial)
            result.append({"name": name, "type": kind, "options": inner})
            continue
        if partial and value.get("focused"):
            result.append({"name": name, "type": kind, "value": str(value.get("value") or ""), "focused": True})
            continue
        try:
            result.append({"name": name, "type": kind, "value": _value(option, value.get("value"), resolved)})
        except PersonError:
            if not partial:  # half typed beside the option being completed: left out
                raise
    return result


def _value(option: Json, value: Any, resolved: Resolved) -> Any:
    kind, name = option["type"], option["name"]
    if kind == STRING:
        read: Any = _string(option, str(value))
    elif kind in (INTEGER, NUMBER):
        read = _number(option, value)
    elif kind == BOOLEAN:
        read = value if isinstance(value, bool) else str(value).lower() == "true"
    elif resolved.add(kind, value):
        read = str(value)
    else:
        raise PersonError(f"The option {name} names nothing that exists here.")
    choices = as_objects(option.get("choices"))
    if choices and read not in [choice["value"] for choice in choices]:
        raise PersonError(f"The option {name} must be one of its choices.")
    return read


def _string(option: Json, value: str) -> str:
    least, most = option.get("min_length") or 0, option.get("max_length") or 6000
    if not value and option.get("required"):
        raise PersonError(f"The option {option['name']} is empty.")
    if not least <= len(value) <= most:
        raise PersonError(f"The option {option['name']} must be {least} to {most} characters long.")
    return value


def _number(option: Json, value: Any) -> int | float:
    try:
        read = int(str(value)) if option["type"] == INTEGER else float(str(value))
    except ValueError:
        raise PersonError(f"The option {option['name']} must be a number.") from None
    least, most = option.get("min_value"), option.get("max_value")
    if (least is not None and read < least) or (most is not None and read > most):
        raise PersonError(f"The option {option['name']} must be between {least} and {most}.")
    return read


def read_values(select: Json, values: Any, resolved: Resolved) -> list[str]:
    """What was chosen in a select.

    Raises:
        PersonError: too few, too many or something that was not offered.
    """
    chosen = [str(value) for value in as_list(values)]
    least = select.get("min_values")
    least, most = 1 if least is None else least, select.get("max_values") or 1
    if select.get("required") is False and not chosen:
        return chosen
    if not least <= len(chosen) <= most:
        raise PersonError(f"Choose {least} to {most} of the options.")
    if select["type"] == Kind.SELECT:
        offered = {option["value"] for option in as_objects(select.get("options"))}
        if not set(chosen) <= offered:
            raise PersonError("That option is not offered.")
    else:
        kinds = {
            Kind.USER_SELECT: USER,
            Kind.ROLE_SELECT: ROLE,
            Kind.MENTIONABLE_SELECT: MENTIONABLE,
            Kind.CHANNEL_SELECT: CHANNEL,
        }
        if not all(resolved.add(kinds[Kind(select["type"])], value) for value in chosen):
            raise PersonError("That does not exist here.")
    return chosen


def read_fields(components: Any, fields: Any, resolved: Resolved) -> list[Json]:
    """A filled-in modal in the shape in which the bot gets it.

    Raises:
        PersonError: a field is missing or against its limits.
    """
    filled = as_object(fields)
    result: list[Json] = []
    for number, component in enumerate(as_objects(components), 1):
        place: Json = {"type": component["type"], "id": component.get("id") or number}
        if component["type"] == Kind.LABEL:
            label = str(component.get("label"))
            place["component"] = _field(as_object(component.get("component")), label, filled, resolved)
        elif component["type"] == Kind.ROW:
            inner = as_objects(component.get("components"))
            place["components"] = [_field(item, str(item.get("label")), filled, resolved) for item in inner]
        result.append(place)
    return result


def _field(component: Json, label: str, filled: Json, resolved: Resolved) -> Json:
    custom_id = component["custom_id"]
    result: Json = {"type": component["type"], "id": component.get("id") or 0, "custom_id": custom_id}
    if component["type"] in SELECTS:
        return {**result, "values": read_values(component, filled.get(custom_id) or [], resolved)}
    if component["type"] != Kind.TEXT_INPUT:
        raise PersonError(f"This stand-in cannot fill in “{label}”.")
    value = str(filled.get(custom_id) or "")
    if not value and component.get("required", True):
        raise PersonError(f"“{label}” is required.")
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if value and not least <= len(value) <= most:
        raise PersonError(f"“{label}” must be {least} to {most} characters long.")
    return {**result, "value": value}
