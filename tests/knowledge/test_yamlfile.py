"""Every way in which a YAML file can be wrong is told with its line, its field and what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import PackError, Problem
from knowledge.yamlfile import MAX_BYTES, check_file, read_checked

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 10, "minLength": 2, "description": "what it is called"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "on_air": {"type": "boolean"},
        "colour": {"type": "string", "enum": ["green", "yellow"]},
        "code": {"type": "string", "pattern": "^[a-z]+$", "patternErrorMessage": "must be small letters"},
        "words": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "minItems": 1, "uniqueItems": True},
        "place": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "answer": {"type": "string"}},
            },
        },
    },
}

Check = Callable[[str], list[Problem]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def run(text: str) -> list[Problem]:
        file = tmp_path / "file.yaml"
        file.write_text(text, encoding="utf-8")
        return list(check_file(file, SCHEMA).problems)

    return run


def test_a_sound_file_gives_data_and_lines(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("# a comment\nname: Bee\ncount: 3\nparts:\n  - id: one\n    answer: >-\n      a\n      b\n")
    data, lines = read_checked(file, SCHEMA)
    assert data == {"name": "Bee", "count": 3, "parts": [{"id": "one", "answer": "a b"}]}
    assert [lines.line("count"), lines.line("parts"), lines.line("parts", 0, "answer")] == [3, 4, 6]
    assert lines.line("parts", 0, "not-there") == 5
    assert str(lines.problem(("parts", 0, "answer"), "is odd")) == f"{file}:6: parts[one].answer: is odd"


def test_all_problems_are_raised_at_once_in_order(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("count: 12\nnmae: Bee\n")
    with pytest.raises(PackError) as raised:
        read_checked(file, SCHEMA)
    assert str(raised.value).splitlines() == [
        f"{file}:1: the key 'name' is missing: add it (what it is called)",
        f"{file}:1: count: is 12, but must be at most 9",
        f"{file}:2: nmae: unknown key 'nmae': did you mean 'name'?",
    ]


def test_an_empty_file_has_no_keys(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("# only a comment\n")
    assert read_checked(file, {"type": "object"})[0] == {}


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        ("nam: x", "nam", "unknown key 'nam': did you mean 'name'?"),
        ("zebra: x", "zebra", "known are name, count, share"),
        ("count: 0", "count", "is 0, but must be at least 1"),
        ("count: '3'", "count", "must be a whole number, without quotes, but is the text '3'"),
        ("share: 1.0", "share", "is 1.0, but must be less than 1"),
        ("share: 0", "share", "is 0, but must be more than 0"),
        ("on_air: maybe", "on_air", "must be true or false"),
        ("colour: gren", "colour", "'gren' is not one of green, yellow; did you mean 'green'?"),
        ("code: A1", "code", "'A1' must be small letters"),
        ("words: one", "words", "must be a list: put each item on its own line after a dash"),
        ("words: {a: b}", "words", "must be a list"),
        ("words: []", "words", "is too short a list, at least 1: add to it"),
        ("words: [a, b, c, d]", "words", "has 4 items, at most 3: take some out"),
        ("words: [a, a]", "words", "holds the same item twice: keep one"),
        ("words: [a, ]\ncode:", "code", "is empty: write a text or leave the key out"),
        ("words: [a, 7]", "words[2]", "'7' is read as a number by YAML: write it in quotes: \"7\""),
        ("place: 0", "place", "is 0, but must be at least 1"),
        ("place: here", "place", "must be a whole number or empty"),
        ("parts: [{id: a, anser: b}]", "parts[a].anser", "unknown key 'anser': did you mean 'answer'?"),
        ("parts: [{answer: b}]", "parts[1]", "the key 'id' is missing: add it"),
        ("parts: [text]", "parts[1]", "must be a set of keys (key: value)"),
        ("code: true", "code", "'true' is read as a truth value by YAML: write it in quotes: \"true\""),
        ("code: 007", "code", "'007' is read as another number by YAML: write it in quotes: \"007\""),
        ("code: no", "code", "'no' is read as false by YAML: write it in quotes: \"no\""),
        ("on_air: yes", "on_air", "or write true if that is meant"),
        ("code: 2022-02-04", "code", 'is read as a date by YAML: write it in quotes: "2022-02-04"'),
        ("code: 12:30", "code", "is read as another number by YAML"),
        ("share: .inf", "share", "is read as another number by YAML"),
        ("no: x", "no", "the key 'no' is not read as text by YAML: write it in quotes: \"no\""),
        ("code: a\ncode: b", "code", "the key 'code' stands twice (first on line 2): keep one"),
        ("code: &here a", "code", "YAML anchors are not allowed: leave out '&here'"),
        ("code: *here", "code", "YAML aliases are not allowed: write the text out instead of '*here'"),
        ("code: !!python/name:os.system x", "code", "YAML tags are not allowed: leave out '!!python/name:os.system'"),
        ('code: "a\\u200b"', "code", "holds the invisible character U+200B: take it out"),
        ("code: `x`", "", "a text cannot begin with this character: put the text in quotes"),
        ("code: a: b", "", "quote a text that holds one"),
        ("words:\n\t- a", "", "the line is indented with a tab: use spaces"),
        ("words: [a", "", "a list in [brackets] is not closed"),
        ("parts: [{id: a]", "", "keys in {braces} are not closed"),
        ('code: "a', "", "a quotation mark is opened and not closed: close it"),
        ("code: 'It's'", "", "double a ' in '…'"),
        ('code: "\\q"', "", "an unknown backslash"),
        ("code: a\x07b", "", "cannot be printed: take it out"),
        ("---\ncode: a", "", "a second '---' begins another document: keep one per file"),
        ("? [a]\n: b", "", "a key must be a plain word"),
        ("- a", "", "not readable as YAML"),
        ("parts: " + "[" * 30, "parts", "nested more than 20 deep: flatten it"),
    ],
)
def test_each_fault_is_told_once_with_its_field(check: Check, line: str, field: str, message: str) -> None:
    (problem,) = check(f"name: Bee\n{line}\n")
    assert message in problem.message
    assert problem.field == field
    assert problem.line in (2, 3)
    assert problem.file.endswith("file.yaml")


def test_too_long_a_text_tells_both_lengths(check: Check) -> None:
    (problem,) = check("name: a very long name")
    assert problem.message == "is 16 characters long, at most 10: shorten it"


def test_an_alias_bomb_is_refused_without_being_built(check: Check) -> None:
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    problems = check("\n".join(rows))
    assert all("not allowed" in p.message or "unknown key" in p.message or p.field == "" for p in problems)
    assert any("YAML aliases are not allowed" in p.message for p in problems)


def test_a_nested_bomb_of_brackets_is_stopped_early(check: Check) -> None:
    (problem,) = check("[" * 400_000)
    assert "nested more than 20 deep" in problem.message


def test_a_list_at_the_top_is_refused(check: Check) -> None:
    (problem,) = check("- a\n- b\n")
    assert problem.message == "the file must consist of keys (key: value) at its top"


def test_the_second_of_two_keys_does_not_shift_the_lines_of_the_first(check: Check) -> None:
    problems = check("name: Bee\nparts:\n  - id: 1\nparts:\n  - id: b\n    x: y\n")
    assert [(p.line, p.field) for p in problems] == [(3, "parts[1].id"), (4, "parts")]


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"name: Bee\nb: caf\xe9\n", 2, "is not UTF-8 text: save the file in the encoding UTF-8"),
        ("name: Bee".encode("utf-16"), 1, "is not UTF-8 text"),
        (b"#" * (MAX_BYTES + 1), 0, "is larger than 1,000,000 bytes: split it into several files"),
    ],
)
def test_unreadable_bytes_are_a_problem(tmp_path: Path, raw: bytes, line: int, message: str) -> None:
    file = tmp_path / "raw.yaml"
    file.write_bytes(raw)
    (problem,) = check_file(file, SCHEMA).problems
    assert (problem.line, message in problem.message) == (line, True)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: Bee\r\n")
    assert read_checked(file, SCHEMA)[0] == {"name": "Bee"}


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "cannot be read")):
        (problem,) = check_file(path, SCHEMA).problems
        assert message in problem.message


def test_names_below_the_current_folder_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.yaml").write_text("x: 1\n")
    assert check_file(tmp_path / "a" / "b.yaml", SCHEMA).problems[0].file == "a/b.yaml"
