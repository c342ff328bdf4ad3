"""Packs, imports and tables that are made to harm: refused with file and line, in bounded memory and time.

Each runs in a process of its own, whose highest memory (VmHWM) is compared with a run on nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_files import CSV, YAML

ROOT = Path(__file__).parents[2]
MORE = 150
"""MB above an empty run."""
CPU = 30.0
"""Seconds of CPU; the longest took 6 on the machine that this was written on."""

WATCHED = """
import resource, sys
sys.argv = sys.argv[1:]
from bot.__main__ import main
try:
    code = main()
except SystemExit as stopped:
    code = stopped.code
used = resource.getrusage(resource.RUSAGE_SELF)
sys.stderr.write(f"\\nUSED {used.ru_maxrss // 1024} {used.ru_utime + used.ru_stime:.2f} {code}")
"""


class Used:
    """What a run of the command line took, and what it said."""

    def __init__(self, folder: Path, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, "citebot", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            timeout=300,
            check=True,
        )
        said, _, figures = (done.stdout + done.stderr).decode().rpartition("\nUSED ")
        memory, cpu, code = figures.split()
        self.said, self.memory, self.cpu, self.code = said, int(memory), float(cpu), int(code)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    (made / "config.yaml").write_text(json.dumps({"matching": {"encoder": "none"}}), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def checking(folder: Path) -> int:
    """MB that checking an empty pack takes."""
    (folder / "empty.yaml").write_bytes(b"")
    return Used(folder, "check", "empty.yaml").memory


@pytest.fixture(scope="module")
def importing(folder: Path) -> int:
    """MB that importing an empty file takes."""
    (folder / "none.yaml").write_bytes(b"{}")
    return Used(folder, "import", "none.yaml", "--guild", "7").memory


def assert_bounded(used: Used, name: str, words: str, empty: int) -> None:
    assert used.code == 1, used.said[:500]
    assert "Traceback" not in used.said
    assert words in used.said
    # Every line names the file and, wherever it can be told, the line in it.
    lines = [line for line in used.said.splitlines() if line.startswith(name)]
    assert lines
    assert len(lines) <= 220
    assert max(map(len, lines)) < 700
    assert used.memory < empty + MORE
    assert used.cpu < CPU


@pytest.mark.parametrize("what", YAML)
def test_checking_a_pack(folder: Path, checking: int, what: str) -> None:
    make, words = YAML[what]
    (folder / "pack.yaml").write_bytes(make())
    assert_bounded(Used(folder, "check", "pack.yaml"), "pack.yaml", words, checking)
    assert not (folder / "hacked").exists()


@pytest.mark.parametrize("what", YAML)
def test_importing_a_file(folder: Path, importing: int, what: str) -> None:
    make, words = YAML[what]
    (folder / "import.yaml").write_bytes(make())
    used = Used(folder, "import", "import.yaml", "--guild", "7")
    assert_bounded(used, "import.yaml", words, importing)
    assert "nothing was changed" in used.said
    assert not (folder / "hacked").exists()


@pytest.mark.parametrize("what", CSV)
def test_importing_a_table(folder: Path, importing: int, what: str) -> None:
    make, words = CSV[what]
    (folder / "table.csv").write_bytes(make())
    used = Used(folder, "import", "table.csv", "--guild", "7")
    assert_bounded(used, "table.csv", words, importing)
    assert "nothing was changed" in used.said


@pytest.mark.parametrize("make", [lambda: b"[" * 7_900_000, lambda: b"claims: [" + b"a," * 3_900_000])
def test_an_import_may_be_larger_but_takes_no_more(folder: Path, importing: int, make: Callable[[], bytes]) -> None:
    (folder / "large.yaml").write_bytes(make())
    used = Used(folder, "import", "large.yaml", "--guild", "7")
    assert_bounded(used, "large.yaml", "more than", importing)


def test_a_file_without_end_is_read_to_its_limit(folder: Path, importing: int) -> None:
    used = Used(folder, "import", "/dev/zero", "--guild", "7")
    assert used.code == 1
    assert "is larger than" in used.said
    assert used.memory < importing + MORE
