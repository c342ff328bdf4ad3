"""What was overwritten or deleted is made to stand nowhere in the database's files any more."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from knowledge.store.engine import Database
from knowledge.store.faults import told
from knowledge.store.tables import Base

# While a reader is in the middle of something, the log cannot be emptied: (times, seconds between).
ATTEMPTS = (20, 0.1)


async def prepared(database: Database) -> None:
    """Let a file have what its log holds by now, as far as nobody is in the way, before something is wiped.

    On a full disk it may have no room for that: then it is found out before anything is done. Raises StoreError.
    """
    if database.on_server:
        return
    with told(database.name):
        async with database.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))


async def wiped(database: Database, *, attempts: tuple[int, float] | None = None) -> bool:
    """Wipe it; False where a file's log could not be emptied because somebody reads it.

    SQLite overwrites what it deletes at once (secure_delete), but the log beside the file still has it.
    Raises StoreError where the database fails.
    """
    with told(database.name):
        async with database.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            if database.on_server:
                # Old versions of rows; what others still look at goes with the server's own next round.
                await free.execute(text(f"VACUUM {', '.join(sorted(Base.metadata.tables))}"))
                return True
            times, pause = attempts or ATTEMPTS
            for _ in range(times):
                # The first of its three numbers: whether it had to stop before the end.
                if not await free.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)")):
                    return True
                await asyncio.sleep(pause)
    return False
