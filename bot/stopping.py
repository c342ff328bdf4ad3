"""Leaving: what is being answered is finished first, within bounds; whoever insists gets out at once."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from knowledge.events import Events

events = Events(__name__)

FINISH_SECONDS = 2.0
"""What answers and changes that are under way get to finish; with what else closes, the bot is gone within five."""

INSISTED = 130  # what a shell expects of a program that Ctrl-C ended

# How discord.py names the tasks in which it calls handlers: events, commands, buttons, forms.
_WORK = (
    "discord.py: on_",
    "CommandTree",
    "discord-ui-view-dispatch",
    "discord-ui-dynamic",
    "discord-ui-modal-dispatch",
)


async def finish_work() -> None:
    """Wait for every handler that is at work right now, FINISH_SECONDS at most."""
    current = asyncio.current_task()
    work = {task for task in asyncio.all_tasks() if task is not current and task.get_name().startswith(_WORK)}
    if not work:
        return
    _, unfinished = await asyncio.wait(work, timeout=FINISH_SECONDS)
    if unfinished:
        events.warning("stop.unfinished", "no time was left for what was being done", handlers=len(unfinished))


def stop_at_once(stop: asyncio.Event) -> None:
    """For a signal: the first sets `stop`, a second ends the process. The database is whole whenever that is."""
    if not stop.is_set():
        stop.set()
        return
    events.warning("stop.at_once", "told to stop once more: leaving without waiting for anything")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(INSISTED)
