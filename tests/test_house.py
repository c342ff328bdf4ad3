"""The house itself: which package may know which, and habits that every file keeps."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from discord import app_commands
from discord.ext import commands

ROOT = Path(__file__).parents[1]
PACKAGES = ("knowledge", "handlers", "bot")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name(path)}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imported(path)}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_arrows_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    forbidden = {"knowledge": {"discord", "handlers", "bot"}, "handlers": {"bot"}, "bot": set[str]()}[package]
    assert not tops(path) & forbidden
    assert "tests" not in tops(path)


def test_the_local_server_knows_neither_handlers_nor_knowledge() -> None:
    code = (
        "import sys, pkgutil, importlib, bot.local as package\n"
        "for module in pkgutil.walk_packages(package.__path__, 'bot.local.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(sorted({'handlers', 'knowledge', 'discord'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name)
def test_a_file_is_one_idea(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "says in its first line what it is for"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_work_and_no_state_at_import(path: Path) -> None:
    """At the top of a module stand definitions and constants, no bare calls and no globals to change."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    assert not calls
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


def test_every_handler_is_hung_on_the_bot() -> None:
    """Every cog and every button in `handlers` is named in `setup`, or it would be dead."""
    hung = (ROOT / "handlers" / "setup.py").read_text(encoding="utf-8")
    components = importlib.import_module("handlers.components")
    for path in (ROOT / "handlers").glob("*.py"):
        module = importlib.import_module(f"handlers.{path.stem}" if path.stem != "__init__" else "handlers")
        for kind, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ != module.__name__:
                continue
            if issubclass(found, commands.Cog):
                assert f"{kind}(" in hung, f"{kind} of {path.name} is in no list of setup()"
            elif "DynamicItem" in {base.__name__ for base in found.__mro__}:
                assert kind in hung or found in components.DYNAMIC_ITEMS, f"{kind} of {path.name} is not registered"


def test_commands_say_where_they_work() -> None:
    """Contexts and installs are set on every command: where Discord's default would be anywhere."""
    found = 0
    for path in (ROOT / "handlers").glob("*.py"):
        module = importlib.import_module(f"handlers.{path.stem}" if path.stem != "__init__" else "handlers")
        for cog in (
            value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, commands.Cog)
        ):
            for command in vars(cog).values():
                if isinstance(command, app_commands.Command):
                    found += 1
                    assert command.allowed_contexts is not None, command.name  # pyright: ignore[reportUnknownMemberType]
                    assert command.allowed_installs is not None, command.name  # pyright: ignore[reportUnknownMemberType]
    assert found >= 6


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = text.split("[project.scripts]")[0]
    lines = [
        line
        for line in tables.splitlines()
        if re.match(r'(    |build = \[)"[a-zA-Z0-9._\[\]-]+[<>=]|    "types-', line)
    ]
    assert len(lines) > 20
    for line in lines:
        assert re.search(r"[,\]]\s+# \S+", line), f"no reason beside {line.strip()}"


@pytest.mark.parametrize("lock", LOCKS)
def test_locked_by_hash_and_from_nowhere_in_particular(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
    assert "--index-url" not in text
    pinned = re.split(r"\n(?=\S)", text.strip())
    assert len(pinned) > 20
    for package in pinned:
        assert "==" in package, package.splitlines()[0]
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_the_locks_agree_and_hold_what_is_declared() -> None:
    pins = [dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    runtime, dev = pins
    assert runtime.items() <= dev.items()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = re.findall(
        r'^    "([a-z0-9._-]+)', text.split("[project.optional-dependencies]")[0], re.MULTILINE | re.IGNORECASE
    )
    needed = {package.lower().replace(".", "-").replace("_", "-") for package in declared if package.islower()}
    held = {package.replace(".", "-").replace("_", "-") for package in runtime}
    assert {"discord-py", "rapidfuzz", "pyyaml"} <= needed
    assert {package for package in needed if package not in held} == set()


def test_nothing_names_the_machine_that_it_was_written_on() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if files.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / line for line in files.stdout.splitlines()]
    here = re.compile(rf"{re.escape(str(ROOT.parent))}/|{re.escape(str(Path.home()))}/")
    if str(ROOT.parent) in ("/", "/tmp"):  # noqa: S108
        pytest.skip("the checkout's own folder is too short a name to look for")
    for path in paths:
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".yaml", ".lock", ".js", ".html", ""}:
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert not here.search(text), f"{name(path)} names a folder of this machine"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_memory_that_outlives_its_owner(path: Path) -> None:
    """What people wrote is remembered by objects that are opened and let go, never by a function of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.args.args:
            used = {ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list}
            assert not {one.rpartition(".")[2] for one in used} & {"cache", "lru_cache"}, f"{node.name} remembers"
