"""Another program on the store's database, for tests: `DATABASE listen`, or `DATABASE commit GUILD`.

`listen` prints "listening" and then each server that changes. `commit` prints "ready", waits for a line,
commits a change in that server and prints "committed".
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store import Store
from knowledge.store.records import Action


def _now() -> datetime:
    return datetime.now(UTC)


async def _listen(store: Store) -> None:
    async with store.changed.subscribe() as guilds:
        print("listening", flush=True)
        async for guild in guilds:
            print(guild, flush=True)


async def _commit(store: Store, guild: int) -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    edit = Edit(ItemKind.ENTRY, "from-elsewhere", 0, State.LIVE, {"question": "Who is there?"})
    await store.revisions.commit(guild, 8, Action.ADD, [edit])
    print("committed", flush=True)


async def _main(where: str, *words: str) -> None:
    async with Store.open(where, clock=_now) as store:
        if words[0] == "listen":
            await _listen(store)
        else:
            await _commit(store, int(words[1]))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
