"""The program under the systemd unit's own filter of system calls, as the kernel applies it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "citebot.service"
NUMBERS = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")

# Lets through the calls with these numbers; others are refused with EPERM or, as systemd does unless told, killed for.
FILTERED = """
import ctypes, os, struct, sys
numbers, refusal = eval(sys.argv[1]), int(sys.argv[2])
X86_64, ALLOW = 0xC000003E, 0x7FFF0000
code = [(0x20, 0, 0, 4), (0x15, 1, 0, X86_64), (0x06, 0, 0, 0x80000000), (0x20, 0, 0, 0)]
for number in numbers:
    code += [(0x15, 0, 1, number), (0x06, 0, 0, ALLOW)]
code.append((0x06, 0, 0, refusal))
packed = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in code))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program(len(code), ctypes.addressof(packed))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # no new privileges
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0, ctypes.get_errno()
os.execv(sys.executable, [sys.executable, *sys.argv[3:]])
"""
KILL, EPERM = 0x80000000, 0x00050001


def groups() -> dict[str, list[str]]:
    """systemd's named groups of system calls, each with calls and other groups."""
    told = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    name = ""
    for line in told.splitlines():
        if line.startswith("@"):
            found[name := line.strip()] = []
        elif (word := line.strip()) and not word.startswith("#") and name:
            found[name].append(word)
    return found


def calls(name: str, known: dict[str, list[str]]) -> set[str]:
    if not name.startswith("@"):
        return {name}
    return {call for inner in known[name] for call in calls(inner, known)}


def test_it_answers_with_the_system_calls_that_the_unit_leaves_it(tmp_path: Path, matching_cache: Path) -> None:
    if platform.machine() != "x86_64" or not NUMBERS.exists() or shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze, and the numbers of system calls (apt-get install systemd linux-libc-dev)")
    unit, known = UNIT.read_text(encoding="utf-8"), groups()
    allowed = calls("@default", known)
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        named = {call for word in line.lstrip("~").split() for call in calls(word, known)}
        allowed = allowed - named if line.startswith("~") else allowed | named
    numbers = dict(re.findall(r"#define __NR_(\w+) (\d+)", NUMBERS.read_text(encoding="utf-8")))
    let_through = sorted(int(number) for name, number in numbers.items() if name in allowed)
    assert len(numbers) > len(let_through) > 200
    refusal = EPERM if "\nSystemCallErrorNumber=EPERM\n" in unit else KILL
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cache").symlink_to(matching_cache)
    question = "does ideology matter between Russia and China"
    done = subprocess.run(
        [sys.executable, "-c", FILTERED, repr(let_through), str(refusal), "-m", "bot", "ask", question],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "ideology" in done.stdout


def test_it_sees_its_processor_and_its_own_figures() -> None:
    """With /proc for processes alone the encoder would take its processor for none that it knows."""
    assert "\nProcSubset=" not in UNIT.read_text(encoding="utf-8")
