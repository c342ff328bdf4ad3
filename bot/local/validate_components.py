"""Discord's limits on buttons, selects, layouts and modals."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from bot.local.errors import FormErrors
from bot.local.jsontypes import Json, as_list, as_object, as_objects

ROWS = 5
BUTTONS = 5
CUSTOM_ID = 100
OPTIONS = 25
LAYOUT_COMPONENTS = 40
LAYOUT_TEXT = 4000
MODAL_COMPONENTS = 5


class Kind(IntEnum):
    """Component types."""

    ROW = 1
    BUTTON = 2
    SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19


SELECTS = (Kind.SELECT, Kind.USER_SELECT, Kind.ROLE_SELECT, Kind.MENTIONABLE_SELECT, Kind.CHANNEL_SELECT)
LAYOUT_TOP = (
    Kind.ROW,
    Kind.SECTION,
    Kind.TEXT,
    Kind.GALLERY,
    Kind.FILE,
    Kind.SEPARATOR,
    Kind.CONTAINER,
)
LINK, PREMIUM = 5, 6


def walk(components: Any) -> Iterator[Json]:
    """Every component of a message or modal, outermost first."""
    for component in as_objects(components):
        yield component
        yield from walk(component.get("components"))
        for name in ("accessory", "component"):
            inner = as_object(component.get(name))
            if inner:
                yield from walk([inner])


def number(components: Any) -> list[Json]:
    """Give each component the id that Discord would give it, where it has none."""
    listed = as_objects(components)
    taken = {component.get("id") for component in walk(listed)}
    following = 1
    for component in walk(listed):
        if not component.get("id"):
            while following in taken:
                following += 1
            component["id"] = following
            taken.add(following)
    return listed


def check_rows(value: Any, errors: FormErrors) -> None:
    """Check a message's rows of buttons and selects."""
    if not _is_list("components", value, errors):
        return
    errors.count("components", as_list(value), most=ROWS)
    for index, row in enumerate(as_objects(value)):
        if row.get("type") != Kind.ROW:
            errors.add(f"components.{index}.type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        else:
            _check_row(f"components.{index}", row, errors)
    _check_custom_ids(value, errors)


def check_layout(value: Any, errors: FormErrors) -> None:
    """Check a message made of Components V2."""
    if not _is_list("components", value, errors):
        return
    everything = list(walk(value))
    if len(everything) > LAYOUT_COMPONENTS:
        errors.add("components", "BASE_TYPE_BAD_LENGTH", f"Must be {LAYOUT_COMPONENTS} or fewer components in all.")
    text = sum(len(str(item.get("content") or "")) for item in everything if item.get("type") == Kind.TEXT)
    if text > LAYOUT_TEXT:
        errors.add(
            "components",
            "COMPONENT_TEXT_MAX_LENGTH",
            f"The displayable text of all components must be {LAYOUT_TEXT} or fewer in length.",
        )
    for index, component in enumerate(as_objects(value)):
        _check_layout_item(f"components.{index}", component, LAYOUT_TOP, errors)
    _check_custom_ids(value, errors)


def _check_layout_item(path: str, component: Json, allowed: tuple[Kind, ...], errors: FormErrors) -> None:
    kind = component.get("type")
    inner = as_objects(component.get("components"))
    if kind not in allowed:
        errors.add(f"{path}.type", "UNION_TYPE_CHOICES", "This component may not stand here.")
    elif kind == Kind.ROW:
        _check_row(path, component, errors)
    elif kind == Kind.TEXT:
        errors.text(f"{path}.content", component.get("content"), longest=LAYOUT_TEXT, required=True)
    elif kind == Kind.SECTION:
        errors.count(f"{path}.components", inner, least=1, most=3)
        for index, item in enumerate(inner):
            _check_layout_item(f"{path}.components.{index}", item, (Kind.TEXT,), errors)
        accessory = as_object(component.get("accessory"))
        if not accessory:
            errors.required(f"{path}.accessory")
        elif accessory.get("type") == Kind.BUTTON:
            _check_button(f"{path}.accessory", accessory, errors)
    elif kind == Kind.CONTAINER:
        for index, item in enumerate(inner):
            _check_layout_item(f"{path}.components.{index}", item, LAYOUT_TOP[:-1], errors)


def _check_row(path: str, row: Json, errors: FormErrors) -> None:
    items = as_objects(row.get("components"))
    errors.count(f"{path}.components", items, least=1, most=BUTTONS)
    for index, item in enumerate(items):
        here = f"{path}.components.{index}"
        kind = item.get("type")
        if kind == Kind.BUTTON:
            _check_button(here, item, errors)
        elif kind in SELECTS:
            _check_select(here, item, errors)
            if len(items) > 1:
                errors.add(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
        else:
            errors.add(f"{here}.type", "UNION_TYPE_CHOICES", 'Value of field "type" must be a button or a select.')


def _check_button(path: str, button: Json, errors: FormErrors) -> None:
    style = button.get("style")
    errors.text(f"{path}.label", button.get("label"), longest=80)
    if style not in (1, 2, 3, 4, LINK, PREMIUM):
        errors.add(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    elif style == LINK:
        errors.text(f"{path}.url", button.get("url"), longest=512, required=True)
        if button.get("custom_id"):
            errors.add(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    elif style != PREMIUM:
        errors.text(f"{path}.custom_id", button.get("custom_id"), longest=CUSTOM_ID, shortest=1, required=True)
        if not (button.get("label") or button.get("emoji")):
            errors.required(f"{path}.label")


def _check_select(path: str, select: Json, errors: FormErrors) -> None:
    errors.text(f"{path}.custom_id", select.get("custom_id"), longest=CUSTOM_ID, shortest=1, required=True)
    errors.text(f"{path}.placeholder", select.get("placeholder"), longest=150)
    for name in ("min_values", "max_values"):
        value = select.get(name)
        if value is not None and not (isinstance(value, int) and 0 <= value <= OPTIONS):
            errors.add(f"{path}.{name}", "NUMBER_TYPE_MAX", f"int value should be between 0 and {OPTIONS}.")
    if select.get("type") != Kind.SELECT:
        return
    options = as_objects(select.get("options"))
    errors.count(f"{path}.options", options, least=1, most=OPTIONS)
    seen: set[str] = set()
    for index, option in enumerate(options):
        here = f"{path}.options.{index}"
        errors.text(f"{here}.label", option.get("label"), longest=100, shortest=1, required=True)
        errors.text(f"{here}.value", option.get("value"), longest=100, shortest=1, required=True)
        errors.text(f"{here}.description", option.get("description"), longest=100)
        if option.get("value") in seen:
            errors.add(
                f"{here}.value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(str(option.get("value")))


def check_modal(body: Json, errors: FormErrors) -> None:
    """Check what a modal response carries."""
    errors.text("data.title", body.get("title"), longest=45, shortest=1, required=True)
    errors.text("data.custom_id", body.get("custom_id"), longest=CUSTOM_ID, shortest=1, required=True)
    items = as_objects(body.get("components"))
    errors.count("data.components", items, least=1, most=MODAL_COMPONENTS)
    for index, item in enumerate(items):
        path = f"data.components.{index}"
        kind = item.get("type")
        if kind == Kind.LABEL:
            errors.text(f"{path}.label", item.get("label"), longest=45, shortest=1, required=True)
            errors.text(f"{path}.description", item.get("description"), longest=100)
            _check_field(f"{path}.component", as_object(item.get("component")), errors)
        elif kind == Kind.ROW:
            inner = as_objects(item.get("components"))
            errors.count(f"{path}.components", inner, least=1, most=1)
            for field in inner:
                errors.text(f"{path}.components.0.label", field.get("label"), longest=45, required=True)
                _check_field(f"{path}.components.0", field, errors)
        elif kind != Kind.TEXT:
            errors.add(f"{path}.type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).')
    _check_custom_ids(items, errors)


def _check_field(path: str, field: Json, errors: FormErrors) -> None:
    if field.get("type") in SELECTS:
        _check_select(path, field, errors)
        return
    errors.text(f"{path}.custom_id", field.get("custom_id"), longest=CUSTOM_ID, shortest=1, required=True)
    if field.get("type") == Kind.TEXT_INPUT:
        if field.get("style") not in (1, 2):
            errors.add(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
        errors.text(f"{path}.placeholder", field.get("placeholder"), longest=100)
        errors.text(f"{path}.value", field.get("value"), longest=4000)


def _check_custom_ids(components: Any, errors: FormErrors) -> None:
    seen: set[str] = set()
    for component in walk(components):
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        if custom_id in seen:
            errors.add(
                "components",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component custom id cannot be duplicated: {custom_id}",
            )
        seen.add(str(custom_id))


def _is_list(path: str, value: Any, errors: FormErrors) -> bool:
    if value is None:
        return False
    if not isinstance(value, list):
        errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return False
    return True
