"""Dockerfile and systemd unit: what they name exists, nobody is root, and the program lives with what they leave it."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.cli import build_parser
from bot.settings import SETTINGS

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "citebot.service"
NOBODY = 65534
PACKAGES = ("bot", "handlers", "knowledge")


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    """The unit's [Service] section, each key with its values."""
    lines = UNIT.read_text(encoding="utf-8").split("[Service]")[1].split("[Install]")[0].splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_image_copies_what_exists_and_is_let_through(steps: list[tuple[str, str]]) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [
        word for step, rest in steps if step == "COPY" and not rest.startswith("--from") for word in rest.split()[:-1]
    ]
    assert {"requirements.lock", "pyproject.toml", "bot", "handlers", "knowledge"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, f"{source} does not reach the builder"
    assert ignored[1] == "*"


def test_the_image_is_locked_not_root_and_watched(steps: list[tuple[str, str]]) -> None:
    runs = " ".join(rest for step, rest in steps if step == "RUN")
    assert "--require-hashes -r requirements.lock" in runs
    (user,) = [rest for step, rest in steps if step == "USER"]
    assert int(user) > 0
    assert f"--uid {user}" in runs
    (check,) = [rest for step, rest in steps if step == "HEALTHCHECK"]
    port = next(setting.default for setting in SETTINGS if setting.name == "health.port")
    assert f"C('127.0.0.1', {port}, " in check
    assert "c.request('GET', '/healthz')" in check
    command = json.loads(check.split("CMD ")[1])
    compile(command[-1], "HEALTHCHECK", "exec")
    entry = json.loads(next(rest for step, rest in steps if step == "ENTRYPOINT"))
    words = json.loads([rest for step, rest in steps if step == "CMD"][-1])
    assert entry == ["citebot"]
    assert '\ncitebot = "bot.__main__:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    build_parser().parse_args(words)


def test_what_is_installed_holds_every_file(tmp_path: Path) -> None:
    """Images and units run an installed copy, and not the source tree as the tests do."""
    source = tmp_path / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    there = {
        str(file.relative_to(source)) for name in PACKAGES for file in (source / name).rglob("*") if file.is_file()
    }
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        assert there == {name for name in held.namelist() if name.split("/")[0] in PACKAGES}


def test_the_unit_starts_what_exists_as_nobody(unit: dict[str, list[str]]) -> None:
    (start,) = unit["ExecStart"]
    build_parser().parse_args(start.split()[1:])
    assert unit["DynamicUser"] == ["yes"]
    assert "User" not in unit
    for key, value in (("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"), ("CapabilityBoundingSet", "")):
        assert unit[key] == [value]
    # What may be written is the folder that it starts in: data_dir is relative to it.
    assert unit["WorkingDirectory"] == [f"/var/lib/{unit['StateDirectory'][0]}"]
    assert any("DISCORD_TOKEN_FILE=" in value for value in unit["Environment"])
    configparser.ConfigParser(strict=False, interpolation=None).read(UNIT, encoding="utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_knows_every_word_of_the_unit(tmp_path: Path) -> None:
    # The program is not installed where the unit looks for it.
    here = tmp_path / "citebot.service"
    text = UNIT.read_text(encoding="utf-8")
    here.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr
    assert "Failed to parse" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs users as Unix has them")
def test_it_runs_where_only_its_data_may_be_written(tmp_path: Path, pack: Path) -> None:
    """A read-only folder to start in, no home, no bytecode, no power over others' files: as in the container."""
    here = tmp_path / "here"
    data = here / "data"
    data.mkdir(parents=True)
    (here / "config.yaml").write_text(f"matching: {{encoder: none}}\npacks: ['{pack}']\n", encoding="utf-8")
    powerless: list[str] = []
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may write everywhere, and there is no setpriv to give that up")
        powerless = [setpriv, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        os.chown(here, NOBODY, NOBODY)
    here.chmod(0o555)
    code = (
        "import asyncio, os\n"
        "from bot.config import load_config\n"
        "from bot.running import open_services\n"
        "assert not os.access('.', os.W_OK)\n"
        "async def main():\n"
        "    config = load_config()\n"
        "    async with open_services(config, state_dir=config.data_dir, stop=asyncio.Event()) as services:\n"
        "        answer = await services.knowledge.ask(1, 'Why does the river flood every spring?')\n"
        "        await services.knowledge.counted()\n"
        "        print(answer.outcome.value)\n"
        "asyncio.run(main())\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/"}
    command = [*powerless, sys.executable, "-c", code]
    try:
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() in {"answer", "suggest"}
        assert (data / "citebot.sqlite3").exists()
        assert sorted(path.name for path in here.iterdir()) == ["config.yaml", "data"]
    finally:
        here.chmod(0o755)
