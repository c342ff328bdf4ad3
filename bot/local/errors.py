"""Errors in the shape in which Discord answers them.

ApiError          an HTTP answer with a status and Discord's error code
└── FormError     400, code 50035: the body is wrong; says which field and why
PersonError       a person on the page may not do that; shown to them as it is
"""

from __future__ import annotations

from typing import Any

from bot.local.jsontypes import Json


class ApiError(Exception):
    """An HTTP error with Discord's code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> Json:
        """The JSON body of the answer."""
        return {"message": self.message, "code": self.code}


class FormError(ApiError):
    """The body breaks a rule; `errors` is Discord's tree of fields."""

    def __init__(self, errors: Json) -> None:
        super().__init__(400, 50035, "Invalid Form Body")
        self.errors = errors

    def body(self) -> Json:
        """The JSON body of the answer, with the tree of wrong fields."""
        return {**super().body(), "errors": self.errors}


class PersonError(Exception):
    """What a person tried is not possible; the text is for them."""


class FormErrors:
    """Collects what is wrong with a body, field by field, and raises it at once."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note a problem at a dotted path such as `embeds.0.title`."""
        node: Any = self._tree
        for part in path.split(".") if path else []:
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: str) -> None:
        """A field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def text(self, path: str, value: Any, *, longest: int, shortest: int = 0, required: bool = False) -> None:
        """Check a text field's type and length in characters."""
        if value is None or (value == "" and shortest == 0 and not required):
            if required:
                self.required(path)
        elif not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as a string.")
        elif required and not value.strip():
            self.required(path)
        elif not shortest <= len(value) <= longest:
            if shortest:
                self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {shortest} and {longest} in length.")
            else:
                self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")

    def count(self, path: str, items: list[Any], *, most: int, least: int = 0) -> None:
        """Check how many items an array has."""
        if not least <= len(items) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def check(self) -> None:
        """Raise what was collected.

        Raises:
            FormError: something was wrong.
        """
        if self._tree:
            raise FormError(self._tree)


def not_found(what: str) -> ApiError:
    """Discord's 404 for one kind of thing (`Message`, `Channel`, …)."""
    codes = {
        "Application": 10002,
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "Role": 10011,
        "User": 10013,
        "Emoji": 10014,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


MISSING_ACCESS = (403, 50001, "Missing Access")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
