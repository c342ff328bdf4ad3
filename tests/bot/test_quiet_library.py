"""The encoder's library, which reports its use to its makers unless it is told not to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_numbers_no_machine_and_keeps_nothing_to_send(tmp_path: Path, matching_cache: Path) -> None:
    """What it would send waits in a file in the home folder, beside a number for the machine."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cache").symlink_to(matching_cache)
    # It holds its peace by itself where it takes the machine for one that only tests.
    left_out = {
        "CI",
        "GITHUB_ACTIONS",
        "TF_BUILD",
        "ORT_DISABLE_TELEMETRY",
        "ORT_RUNNING_UNIT_TESTS",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    }
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "does ideology matter between Russia and China"],
        cwd=tmp_path,
        env={**environment, "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ideology" in done.stdout
    assert list(home.rglob("*")) == []
