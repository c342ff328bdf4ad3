"""Which locked packages are behind, and which have known holes: `make outdated`, to be run every week.

Newer versions come from wherever pip is configured to take packages; known holes from OSV, the open database of
vulnerabilities. Exit code: 0 nothing to do, 1 something to do, 2 could not look at everything.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements-dev.lock"
OSV = "https://api.osv.dev/v1/querybatch"


def pins(lock: str) -> dict[str, str]:
    """Every package of a lock file with its version."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def newer() -> dict[str, str] | str:
    """The newest version of every installed package that is behind; or why that is not known."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "list", "--outdated", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    return {item["name"].lower().replace("_", "-"): item["latest_version"] for item in json.loads(done.stdout)}


def holes(locked: Mapping[str, str], address: str = OSV) -> dict[str, list[str]] | str:
    """The ids of known holes by package; or why they are not known."""
    names = sorted(locked)
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": locked[name]} for name in names]
    request = urllib.request.Request(  # noqa: S310  an https address, or a test's
        address, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            results: list[Any] = json.load(response)["results"]
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
        return str(getattr(error, "reason", error))
    ids = ([hole["id"] for hole in result.get("vulns", [])] for result in results)
    return {name: known for name, known in zip(names, ids, strict=True) if known}


def report(locked: Mapping[str, str], behind: dict[str, str] | str, known: dict[str, list[str]] | str) -> int:
    """Print it; returns the exit code."""
    code = 0
    if isinstance(behind, str):
        print(f"Not looked at: newer versions (the package index cannot be reached: {behind})")
        code = 2
    else:
        ours = {name: version for name, version in behind.items() if name in locked and version != locked[name]}
        for name, version in sorted(ours.items()):
            print(f"outdated    {name} {locked[name]} -> {version}")
        print(f"{len(ours)} of {len(locked)} locked packages are behind.")
        code = 1 if ours else code
    if isinstance(known, str):
        print(f"Not looked at: known holes (OSV cannot be reached: {known})")
        return 2
    for name, ids in sorted(known.items()):
        print(f"vulnerable  {name} {locked[name]}: {', '.join(ids)}")
    print(f"{len(known)} of {len(locked)} locked packages have known holes.")
    return max(code, 1) if known else code


def main() -> int:
    """Look, and tell."""
    locked = pins(LOCK.read_text(encoding="utf-8"))
    return report(locked, newer(), holes(locked))


if __name__ == "__main__":
    sys.exit(main())
