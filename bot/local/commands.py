"""Application commands: registering them with Discord's checks, and who may use which."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from bot.local.errors import ApiError, FormErrors, not_found
from bot.local.jsontypes import Json, as_id, as_list, as_objects
from bot.local.permissions import Permission, channel_permissions, guild_permissions
from bot.local.state import Channel, ChannelType, World

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, NUMBER = 3, 4, 10
MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
TOTAL = 8000
OPTIONS = 25
CHOICES = 25
IN_GUILD, IN_DIRECT = 0, 1
FORBIDDEN = re.compile(r"[\s\"'!?.,:;/\\()\[\]{}<>@#$%^&*+=|~`]")


class Commands:
    """The registered commands: global ones (scope 0) and those of the guild."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[int, dict[int, Json]] = {0: {}, world.guild.id: {}}

    def _scope(self, guild_id: int) -> dict[int, Json]:
        if guild_id not in self._scopes:
            raise not_found("Guild")
        return self._scopes[guild_id]

    def all(self, guild_id: int = 0) -> list[Json]:
        """The commands of a scope in the order of registration."""
        return list(self._scope(guild_id).values())

    def get(self, command_id: int, guild_id: int) -> Json:
        """One command of a scope.

        Raises:
            ApiError: 404, there is none.
        """
        command = self._scope(guild_id).get(command_id)
        if command is None:
            raise not_found("application command")
        return command

    def replace_all(self, body: Any, guild_id: int) -> list[Json]:
        """PUT: the scope holds exactly these commands; ids stay where name and type stay."""
        scope = self._scope(guild_id)
        errors = FormErrors()
        bodies = as_objects(body)
        for index, item in enumerate(bodies):
            check_command(item, errors, f"{index}.")
        _check_counts(bodies, errors)
        errors.check()
        fresh = [self._command(item, guild_id) for item in bodies]
        scope.clear()
        scope.update({int(command["id"]): command for command in fresh})
        return fresh

    def create(self, body: Json, guild_id: int) -> tuple[Json, bool]:
        """POST: a command; one of that name and type is replaced. Second: whether it is new."""
        scope = self._scope(guild_id)
        errors = FormErrors()
        check_command(body, errors)
        errors.check()
        command = self._command(body, guild_id)
        new = int(command["id"]) not in scope
        errors = FormErrors()
        _check_counts([*(c for c in scope.values() if c["id"] != command["id"]), command], errors)
        errors.check()
        scope[int(command["id"])] = command
        return command, new

    def change(self, command_id: int, body: Json, guild_id: int) -> Json:
        """PATCH: the given fields of one command."""
        old = self.get(command_id, guild_id)
        merged = {**old, **body, "type": old["type"]}
        errors = FormErrors()
        check_command(merged, errors)
        errors.check()
        command = {**self._command(merged, guild_id), "id": old["id"]}
        self._scope(guild_id)[command_id] = command
        return command

    def delete(self, command_id: int, guild_id: int) -> None:
        """DELETE one command."""
        self.get(command_id, guild_id)
        del self._scope(guild_id)[command_id]

    def _command(self, body: Json, guild_id: int) -> Json:
        kind = body.get("type") or CHAT_INPUT
        known = [c for c in self._scope(guild_id).values() if c["name"] == body["name"] and c["type"] == kind]
        bits = body.get("default_member_permissions")
        command: Json = {
            "id": known[0]["id"] if known else str(self._world.new_id()),
            "application_id": str(self._world.bot.id),
            "version": str(self._world.new_id()),
            "type": kind,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "default_member_permissions": None if bits is None else str(bits),
            "nsfw": bool(body.get("nsfw")),
            "integration_types": body.get("integration_types") or [0],
            "contexts": body.get("contexts"),
        }
        if body.get("options"):
            command["options"] = body["options"]
        if guild_id:
            command["guild_id"] = str(guild_id)
        else:
            command["dm_permission"] = command["contexts"] is None or IN_DIRECT in command["contexts"]
        return command

    def for_person(self, user_id: int) -> list[Json]:
        """The commands that a person may use somewhere."""
        member = self._world.members[user_id]
        held = guild_permissions(self._world, member)
        return [command for command in self._everywhere() if _needed(command, held)]

    def usable(self, command_id: int, user_id: int, channel: Channel) -> Json | None:
        """The command, if this person may use it in this channel."""
        direct = channel.type is ChannelType.DM
        held = channel_permissions(self._world, user_id, channel)
        for command in self._everywhere():
            if int(command["id"]) != command_id:
                continue
            contexts = command["contexts"]
            fits = contexts is None or (IN_DIRECT if direct else IN_GUILD) in contexts
            if direct and "guild_id" in command:
                fits = False
            allowed = Permission.USE_APPLICATION_COMMANDS in held and (direct or _needed(command, held))
            return command if fits and allowed else None
        return None

    def _everywhere(self) -> list[Json]:
        return [command for scope in self._scopes.values() for command in scope.values()]


def _needed(command: Json, held: Permission) -> bool:
    bits = command["default_member_permissions"]
    if bits is None or Permission.ADMINISTRATOR in held:
        return True
    return int(bits) != 0 and int(bits) & ~int(held) == 0


def _check_counts(commands: list[Json], errors: FormErrors) -> None:
    for kind, most in MOST.items():
        names = [command.get("name") for command in commands if (command.get("type") or CHAT_INPUT) == kind]
        if len(names) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most}).")
        for name in {name for name in names if names.count(name) > 1}:
            index = max(i for i, command in enumerate(commands) if command.get("name") == name)
            errors.add(
                f"{index}.name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )


def check_command(body: Json, errors: FormErrors, prefix: str = "") -> None:
    """Check one command's name, description, options and size."""
    kind = body.get("type") or CHAT_INPUT
    name = body.get("name")
    errors.text(f"{prefix}name", name, longest=32, shortest=1, required=True)
    bits = body.get("default_member_permissions")
    if bits is not None and as_id(bits) is None:
        errors.add(f"{prefix}default_member_permissions", "BITFIELD_TYPE_CONVERT", "Not a set of permissions.")
    for field, most in (("contexts", 2), ("integration_types", 1)):
        if any(not isinstance(item, int) or not 0 <= item <= most for item in as_list(body.get(field))):
            errors.add(f"{prefix}{field}", "BASE_TYPE_CHOICES", f"Values must be between 0 and {most}.")
    if kind != CHAT_INPUT:
        for field in ("description", "options"):
            if body.get(field):
                errors.add(
                    f"{prefix}{field}",
                    "APPLICATION_COMMAND_CONTEXT_MENU_FIELD",
                    f"Context menu commands cannot have {field}",
                )
        return
    _check_name(f"{prefix}name", name, errors)
    errors.text(f"{prefix}description", body.get("description"), longest=100, shortest=1, required=True)
    _check_options(f"{prefix}options", body.get("options"), errors, depth=0)
    if _size(body) > TOTAL:
        errors.add(prefix.rstrip("."), "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")


def _check_name(path: str, name: Any, errors: FormErrors) -> None:
    if not isinstance(name, str):
        return
    strange = FORBIDDEN.search(name) or any(unicodedata.category(c)[0] not in "LMN" and c not in "-_" for c in name)
    if name and (strange or name != name.lower()):
        errors.add(
            path,
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid: letters in lower case, digits, - and _ only",
        )


def _check_options(path: str, value: Any, errors: FormErrors, depth: int) -> None:
    options = as_objects(value)
    errors.count(path, options, most=OPTIONS)
    names: set[str] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = f"{path}.{index}"
        kind = option.get("type")
        errors.text(f"{here}.name", option.get("name"), longest=32, shortest=1, required=True)
        errors.text(f"{here}.description", option.get("description"), longest=100, shortest=1, required=True)
        _check_name(f"{here}.name", option.get("name"), errors)
        if option.get("name") in names:
            errors.add(f"{here}.name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(str(option.get("name")))
        if not isinstance(kind, int) or not SUBCOMMAND <= kind <= 11:
            errors.add(f"{here}.type", "BASE_TYPE_CHOICES", "Value must be between 1 and 11.")
        elif kind in (SUBCOMMAND, GROUP):
            if depth > 1 or (depth == 1 and kind == GROUP):
                errors.add(f"{here}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deeply")
            else:
                _check_options(f"{here}.options", option.get("options"), errors, depth + 1)
        else:
            if option.get("required") and optional_seen:
                errors.add(
                    here,
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options",
                )
            optional_seen = optional_seen or not option.get("required")
            _check_choices(here, option, errors)


def _check_choices(path: str, option: Json, errors: FormErrors) -> None:
    choices = as_objects(option.get("choices"))
    errors.count(f"{path}.choices", choices, most=CHOICES)
    if option.get("autocomplete") and choices:
        errors.add(
            f"{path}.choices",
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            "Choices and autocomplete exclude each other",
        )
    if option.get("autocomplete") and option.get("type") not in (STRING, INTEGER, NUMBER):
        errors.add(f"{path}.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", "No autocomplete for this type")
    check_choices(f"{path}.choices", choices, errors)
    for name in ("min_length", "max_length"):
        value = option.get(name)
        if value is not None and not (isinstance(value, int) and 0 <= value <= 6000):
            errors.add(f"{path}.{name}", "NUMBER_TYPE_MAX", "int value should be between 0 and 6000.")


def check_choices(path: str, choices: list[Json], errors: FormErrors) -> None:
    """Check the choices of an option or of an autocomplete response."""
    errors.count(path, choices, most=CHOICES)
    for index, choice in enumerate(choices):
        errors.text(f"{path}.{index}.name", choice.get("name"), longest=100, shortest=1, required=True)
        if isinstance(choice.get("value"), str):
            errors.text(f"{path}.{index}.value", choice["value"], longest=100, shortest=1, required=True)
        elif choice.get("value") is None:
            errors.required(f"{path}.{index}.value")


def _size(item: Json) -> int:
    own = sum(len(str(item.get(field) or "")) for field in ("name", "description"))
    choices = sum(len(str(c.get("name"))) + len(str(c.get("value"))) for c in as_objects(item.get("choices")))
    return own + choices + sum(_size(option) for option in as_objects(item.get("options")))
