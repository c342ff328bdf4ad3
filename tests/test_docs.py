"""The documentation is held true: what it names exists, and what exists is named."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import discord
import pytest
import yaml
from discord.ext import commands

from bot.cli import build_parser
from bot.settings import SETTINGS, schema
from handlers.services import HandlerSettings, Services
from handlers.setup import setup

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
# What has been is told there as it was: a changelog names commands that are gone.
TIMELESS = [path for path in DOCS if path.name != "CHANGELOG.md"]
README = ROOT / "README.md"
EVERYTHING = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, re.MULTILINE))


def subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in build_parser()._actions:  # pyright: ignore[reportPrivateUsage]
        if isinstance(action, argparse._SubParsersAction):  # pyright: ignore[reportPrivateUsage]
            return dict(cast("argparse._SubParsersAction[argparse.ArgumentParser]", action).choices)  # pyright: ignore[reportPrivateUsage]
    raise AssertionError("no commands")


def options(parser: argparse.ArgumentParser) -> set[str]:
    found = {word for action in parser._actions for word in action.option_strings}  # pyright: ignore[reportPrivateUsage]
    return found - {"-h", "--help"}


@pytest.fixture(scope="module")
async def slash_commands() -> dict[str, set[str]]:
    """Every slash command with its options, those of groups by both words, as `setup` puts them on a bot."""
    bot = commands.Bot(commands.when_mentioned, intents=discord.Intents.none())
    # Commands are only looked at here, so nothing behind them is needed.
    empty: Any = None
    await setup(bot, Services(empty, empty, empty, HandlerSettings()))
    return {
        command.qualified_name: {parameter.display_name for parameter in command.parameters}
        for command in bot.tree.walk_commands(type=discord.AppCommandType.chat_input)
        if isinstance(command, discord.app_commands.Command)
    }


def calls(text: str) -> Iterator[list[str]]:
    """Every use of the command line in code, as words after `citebot`."""
    for code in [*re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)]:
        for line in code.replace("\\\n", " ").splitlines():
            for part in re.split(r"\s(?:\||&&|;)\s", line.split("  #")[0]):
                found = re.search(r"(?:^|\s)(?:python3? -m bot|citebot)(?:\s+(.*))?$", part.strip().lstrip("$ "))
                if found and found[1]:
                    try:
                        yield shlex.split(found[1])
                    except ValueError:
                        yield found[1].split()


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_every_call_of_the_program_is_possible(path: Path) -> None:
    known = subcommands()
    top = options(build_parser())
    for words in calls(path.read_text(encoding="utf-8")):
        command = words[0]
        if command.startswith("-") and command in top | {"--help"}:
            continue
        assert command in known, f"{name(path)}: there is no `citebot {command}`"
        for word in words[1:]:
            if word.startswith("--"):
                assert word.split("=")[0].rstrip("…,.") in options(known[command]) | {"--help"}, (
                    f"{name(path)}: `citebot {command}` has no {word}"
                )


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_every_make_target_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = "\n".join([*re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)])
    for target in re.findall(r"(?:^|[\s;&])make ([a-z]+)", code):
        assert target in make_targets(), f"{name(path)}: there is no `make {target}`"


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_every_slash_command_named_exists(path: Path, slash_commands: dict[str, set[str]]) -> None:
    for command, rest in re.findall(r"`/([a-z]+)\b([^`\n]*)`", path.read_text(encoding="utf-8")):
        if rest.startswith("/") or "/" in rest:
            continue  # a path
        groups = {known.split()[0] for known in slash_commands if " " in known}
        if command in groups and rest.strip():
            command = f"{command} {rest.split()[0]}"  # noqa: PLW2901
        assert command in {*slash_commands, *groups}, f"{name(path)}: there is no /{command}"
        for option in re.findall(r"\b([a-z]+):", rest):
            assert option in slash_commands.get(command, ()), f"{name(path)}: /{command} has no option {option}"


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_every_setting_named_exists(path: Path) -> None:
    names = {setting.name for setting in SETTINGS}
    groups = {setting.split(".")[0] for setting in names if "." in setting}
    text = path.read_text(encoding="utf-8")
    # Events of the log have dots as well: their table is compared with the code elsewhere.
    logged = set(re.findall(r"^\| `([a-z_.]+)` \| (?:debug|info|warning|error)\b", EVERYTHING, re.MULTILINE))
    for group, key in re.findall(r"`([a-z_]+)\.([a-z_]+)(?=[`:= ])", text):
        if group in groups and key not in ("py", "yaml", "md") and f"{group}.{key}" not in logged:
            assert f"{group}.{key}" in names, f"{name(path)}: there is no setting {group}.{key}"


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_every_link_within_the_project_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)", path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = path.parent / file
        assert there.exists(), f"{name(path)}: {target} is not there"
        if anchor and there.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{name(path)}: {target}: no such heading"


def test_every_command_and_option_is_documented() -> None:
    missing = [command for command in subcommands() if not re.search(rf"(citebot|-m bot) {command}\b", EVERYTHING)]
    for command, parser in subcommands().items():
        missing += [f"{command} {option}" for option in options(parser) if option not in EVERYTHING]
    assert not missing


def test_the_page_of_everything_that_can_be_typed_has_every_command() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [
        command for command in subcommands() if not re.search(rf"^\| `citebot {command}\b", page, re.MULTILINE)
    ] == []


def test_every_slash_command_and_option_is_documented(slash_commands: dict[str, set[str]]) -> None:
    missing = [command for command in slash_commands if not re.search(rf"`/{command}\b", EVERYTHING)]
    for command, names in slash_commands.items():
        lines = [line for line in EVERYTHING.splitlines() if re.search(rf"`/{command}\b", line)]
        missing += [
            f"/{command} {option}" for option in names if not any(re.search(rf"\b{option}\b", x) for x in lines)
        ]
    assert not missing


def test_every_make_target_is_documented() -> None:
    assert [t for t in sorted(make_targets()) if t != "help" and f"make {t}" not in EVERYTHING] == []


def test_the_table_of_settings_is_the_settings() -> None:
    """docs/configuration.md holds exactly the table of bot/settings.py: name, type, default, meaning."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in text.splitlines() if line[:3] == "| `"
    ]
    table = [row for row in rows if len(row) == 4]
    wanted = [
        (
            f"`{s.name}`",
            s.kind.words,
            f"`{yaml.safe_dump(s.default, default_flow_style=True).split(chr(10))[0]}`",
            s.help,
        )
        for s in SETTINGS
    ]
    assert table == wanted


def as_yaml(value: object) -> str:
    return yaml.safe_dump(value, default_flow_style=True).splitlines()[0]


def test_the_schema_has_every_setting() -> None:
    for setting in SETTINGS:
        here = schema()
        for key in setting.name.split("."):
            here = here["properties"][key]
        assert here["description"] == setting.help


def test_yaml_examples_are_possible() -> None:
    """Configuration in the documentation's YAML blocks names settings that exist."""
    names = {setting.name for setting in SETTINGS}
    groups = {setting.split(".")[0] for setting in names}
    for path in TIMELESS:
        for code in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            data = yaml.safe_load(code)
            if not isinstance(data, dict):
                continue
            keys = cast("dict[str, Any]", data)
            if not set(keys) & groups or set(keys) - groups:
                continue  # a piece of a pack
            for group, inner in keys.items():
                known = group in names or all(f"{group}.{key}" in names for key in inner)
                assert known, f"{name(path)}: {code}"


@pytest.mark.skipif(not README.exists(), reason="there is no README.md yet")
def test_the_readme_starts_with_the_two_commands() -> None:
    screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:60])
    assert "make run" in screen
    assert "make test" in README.read_text(encoding="utf-8")
