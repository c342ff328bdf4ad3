"""What a JSON Schema finds wrong, as plain sentences that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from rapidfuzz import fuzz, process

from knowledge.yamltree import MAX_FAULTS, MORE_FAULTS, Fault, Path, Tree, brief, line_of

_KINDS = {
    "string": "a text",
    "array": "a list",
    "object": "a set of keys (key: value)",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}
_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}


_COMPARED, _MOST_KNOWN = 200, 2_000
"""Characters of a word, and known words, that are compared for a hint: enough for a slip, bounded for a bad file."""


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that looks most like the given one, or nothing where none looks like it."""
    found = process.extractOne(word[:_COMPARED].casefold(), known[:_MOST_KNOWN], scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else ""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The end of a sentence: the nearest known word, or else what there is to choose from."""
    if near := nearest(word, known):
        return f"did you mean '{near}'?"
    if not known:
        return "there is none"
    return f"known are {', '.join(map(brief, known[:12]))}" + (", …" if len(known) > 12 else "")


def schema_faults(tree: Tree, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything in the tree's data that the schema (draft 2020-12) does not allow.

    A key that the schema does not know is placed at its own line, anything else at its value's.
    Found one by one: `first_faults` looks for no more than are told.
    Sentences take their words from the schema where it offers some: `description` for a key that is
    missing, `patternErrorMessage` for a text of the wrong form, which is not repeated where it is `writeOnly`.
    """
    checks = cast("Callable[..., type[Draft202012Validator]]", vars(validators)["extend"])
    validator = checks(Draft202012Validator, {"uniqueItems": _unique})(dict(schema))
    errors: Iterator[ValidationError] = validator.iter_errors(tree.data)  # pyright: ignore[reportUnknownMemberType]
    for error in errors:
        for path, message in _sentences(error, tree):
            yield Fault(path, line_of(tree.lines, path), message)


def first_faults(tree: Tree, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """As `schema_faults`, up to `MAX_FAULTS` of them and a last one that says that there are more."""
    for number, fault in enumerate(schema_faults(tree, schema)):
        if number == MAX_FAULTS:
            yield Fault((), 0, MORE_FAULTS)
            return
        yield fault


def _unique(_: object, wanted: bool, value: object, __: object) -> Iterator[ValidationError]:
    """No text twice in a list. What is no text is wrong already, and the library would compare each with each."""
    if wanted and isinstance(value, list):
        texts = [item for item in cast("list[object]", value) if isinstance(item, str)]
        if len(set(texts)) < len(texts):
            yield ValidationError("holds the same item twice")


def _sentences(error: ValidationError, tree: Tree) -> Iterator[tuple[Path, str]]:
    path: Path = tuple(error.absolute_path)
    rules = cast("Mapping[str, Any]", error.schema)
    if error.validator == "additionalProperties":
        known = list(cast("Mapping[str, Any]", rules.get("properties", {})))
        for key in cast("Mapping[str, Any]", error.instance):
            if key not in known:
                yield (*path, key), f"unknown key '{brief(key)}': {did_you_mean(key, known)}"
    elif error.validator in ("anyOf", "oneOf"):
        yield from _alternatives(error, path, tree)
    else:
        yield path, _sentence(error, rules, tree.plain.get(path, ""))


def _alternatives(error: ValidationError, path: Path, tree: Tree) -> Iterator[tuple[Path, str]]:
    """Of several forms that a value may have, talk about the one whose type it has."""
    causes = list(error.context or ())
    depth = len(error.absolute_path)
    branches = {cause.schema_path[0] for cause in causes}
    wrong = {c.schema_path[0] for c in causes if c.validator == "type" and len(c.absolute_path) == depth}
    for branch in sorted(branches - wrong, key=str)[:1]:
        for cause in causes:
            if cause.schema_path[0] == branch:
                yield from _sentences(cause, tree)
        return
    kinds = [_KINDS.get(str(c.validator_value), str(c.validator_value)) for c in causes if c.validator == "type"]
    yield path, f"must be {' or '.join(dict.fromkeys(kinds))}"


def _sentence(error: ValidationError, rules: Mapping[str, Any], plain: str) -> str:
    limit: Any = error.validator_value
    value: Any = error.instance
    rule = str(error.validator)
    if rule in _BOUNDS:
        return f"is {value}, but must be {_BOUNDS[rule]} {limit}"
    match rule:
        case "type":
            return _wrong_type(limit, value, plain)
        case "required":
            missing = [key for key in cast("Sequence[str]", limit) if f"'{key}'" in error.message]
            return _missing(missing[0] if missing else "", rules)
        case "maxLength" | "minLength" | "maxItems" | "minItems" | "uniqueItems":
            return _wrong_size(rule, limit, value, str(rules.get("description", "")))
        case "enum":
            choices = [str(choice) for choice in cast("Sequence[Any]", limit)]
            return f"'{_cut(str(value))}' is not one of {', '.join(choices)}" + _guess(str(value), choices)
        case "pattern":
            # Where a secret may stand in it, the text is not repeated.
            shown = "what is written here" if rules.get("writeOnly") else f"'{_cut(value)}'"
            return f"{shown} {rules.get('patternErrorMessage') or f'must fit the pattern {limit}'}"
        case _:
            return f"is not allowed here: {error.message[:200]}"


def _wrong_size(rule: str, limit: int, value: Sequence[Any], meaning: str) -> str:
    match rule:
        case "maxLength":
            return f"is {len(value)} characters long, at most {limit}: shorten it"
        case "maxItems":
            return f"has {len(value)} items, at most {limit}: take some out"
        case "minLength":
            empty = "is empty: write a text or leave the key out"
            return f"is {len(value)} characters long, at least {limit}: write more" if value else empty
        case "minItems":
            return f"is too short a list, at least {limit}: add to it" + (f" ({meaning})" if meaning else "")
        case _:
            return "holds the same item twice: keep one"


def _guess(value: str, choices: Sequence[str]) -> str:
    near = nearest(value, choices)
    return f"; did you mean '{near}'?" if near else ""


def _missing(key: str, rules: Mapping[str, Any]) -> str:
    about = cast("Mapping[str, Any]", rules.get("properties", {})).get(key)
    meaning = cast("Mapping[str, Any]", about).get("description", "") if isinstance(about, Mapping) else ""
    return f"the key '{key}' is missing: add it" + (f" ({meaning})" if meaning else "")


def _wrong_type(wanted: str | Sequence[str], value: Any, plain: str) -> str:
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    names = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    if value is None:
        return f"is empty: write {names} or leave the key out"
    if "string" in kinds and isinstance(value, (bool, int, float)):
        read_as = "a truth value" if isinstance(value, bool) else "a number"
        written = brief(plain or str(value))
        return f"'{written}' is read as {read_as} by YAML: write it in quotes: \"{written}\""
    if kinds == ["array"] and not isinstance(value, dict):
        return "must be a list: put each item on its own line after a dash"
    if isinstance(value, str) and set(kinds) & {"integer", "number", "boolean"}:
        return f"must be {names}, without quotes, but is the text '{_cut(value)}'"
    return f"must be {names}"


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
