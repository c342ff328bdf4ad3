"""A PostgreSQL server of a test's own, which lets nobody in without a password and may be stopped at any time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from whole_program import free_port

USER, PASSWORD = "rivers", "p@ss/word-of-ours"


@dataclass(frozen=True)
class OwnPostgres:
    """Where it is, and how its programs are run: it refuses to be root's."""

    programs: Path
    place: Path
    port: int
    as_owner: tuple[str, ...]

    def url(self, password: str = PASSWORD, *, user: str = USER) -> str:
        """Of its database, as people write it."""
        return f"postgresql://{user}{password and ':' + quote(password, safe='')}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it lets in."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.place}"
        self._run("pg_ctl", "start", "--wait", self._data, f"--log={self.place}/log", f"--options={options}")

    def stop(self) -> None:
        """Stop it at once, whoever is connected: it finds out by its log what was committed."""
        self._run("pg_ctl", "stop", "--mode=immediate", self._data)

    def make(self) -> None:
        """Make its files."""
        secret = self.place / "password"
        secret.write_text(PASSWORD)
        if self.as_owner:
            for each in (self.place, secret):
                shutil.chown(each, "postgres")
        self._run("initdb", self._data, "--auth=scram-sha-256", f"--pwfile={secret}", f"--username={USER}", "--no-sync")

    @property
    def _data(self) -> str:
        return f"--pgdata={self.place}/data"

    def _run(self, program: str, *words: str) -> None:
        command = [*self.as_owner, self.programs / program, *words]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def own_postgres() -> Generator[OwnPostgres]:
    """One for the length of the block. Skips where PostgreSQL is not installed; in CI it has to be."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: float(file.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    if initdb is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL is installed; in CI it must be tested (apt-get install postgresql)")
        pytest.skip("no PostgreSQL is installed (apt-get install postgresql)")
    as_owner = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    place = Path(tempfile.mkdtemp(prefix="citebot-postgres-"))
    server = OwnPostgres(Path(initdb).parent, place, free_port(), as_owner)
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(place)
