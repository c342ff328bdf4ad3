"""`/kb export` and `/kb import`: a server's knowledge as one file, in the format of packs or as a table."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.limits import cut
from handlers.listing import counted
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation import csvimport, importing
from knowledge.curation.csvimport import csv_dry_run
from knowledge.curation.exporting import export_of
from knowledge.curation.importing import DryRun, dry_run
from knowledge.curation.items import ItemKey
from knowledge.curation.wording import slug
from knowledge.errors import Problem
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

_NAMED = 6
"""So many items of a sort are named; the rest is counted."""

_TOLD = 1500
"""Characters of conflicts in the message; where there are more, all of them are attached."""

_YAML, _CSV = (".yaml", ".yml"), (".csv",)


def install_port(kb: app_commands.Group, services: Services) -> None:
    """Add `/kb export` and `/kb import`."""

    @kb.command(name="export", description="All that this server has added or changed, as one file")
    async def export(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        guild = await require_moderator(interaction, services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        standing = await services.knowledge.standing(guild)
        packs, switched = services.knowledge.pack_set, standing.settings.packs
        text = await asyncio.to_thread(export_of, packs, switched, standing.overlay)
        await _send_file(interaction, text.encode(), standing)

    @kb.command(name="import", description="Bring knowledge in from a file; you see first what it would do")
    @app_commands.describe(
        file="YAML as /kb export gives it, or a CSV table of question, answer and source",
        replace="Take away what the file does not have, so that it is all that the server knows",
    )
    async def bring_in(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, file: discord.Attachment, replace: bool = False
    ) -> None:
        guild = await require_moderator(interaction, services)
        table = file.filename.lower().endswith(_CSV)
        _check(file, table=table, replace=replace)
        await interaction.response.defer(ephemeral=True, thinking=True)
        raw = await _read(file)
        standing = await services.knowledge.standing(guild)
        run = await asyncio.to_thread(_run, raw, standing, file.filename, table=table, replace=replace)
        if run.conflicts:
            await _refuse(interaction, file.filename, run.conflicts)
        elif not run.edits:
            await send_privately(interaction, "Nothing to import: the server has all of it already.")
        else:
            name = inline(cut(file.filename, 100))
            planned = Planned(Action.IMPORT, run.edits, f"Imported {name}: {_counts(run)}", note=file.filename)
            text = f"**Import {name}?** All of it or nothing.\n{told(run, replace=replace)}"
            await publishing_of(interaction).offer(interaction, planned, text)


def told(run: DryRun, *, replace: bool) -> str:
    """What an import would do, by item, in a few lines of markdown."""
    gone = "taken away" if replace else "only here, stays as it is"
    sorts = (
        ("new", run.new),
        ("changed", run.changed),
        ("of a pack, hidden here", run.hidden),
        ("back again", run.returning),
        ("unchanged", run.unchanged),
        (gone, run.only_here),
    )
    return "\n".join(f"- {what}: {len(keys)} ({_named(keys)})" for what, keys in sorts if keys)


def _named(keys: Sequence[ItemKey]) -> str:
    named = ", ".join(f"{key.kind.value} `{key.id}`" for key in keys[:_NAMED])
    return f"{named}, …" if len(keys) > _NAMED else named


def _counts(run: DryRun) -> str:
    parts = (
        (len(run.new), "new"),
        (len(run.changed), "changed"),
        (len(run.hidden), "hidden"),
        (len(run.returning), "back again"),
    )
    return ", ".join(f"{number} {what}" for number, what in parts if number) or counted(len(run.edits), "change")


def _run(raw: bytes, standing: Standing, name: str, *, table: bool, replace: bool) -> DryRun:
    if table:
        return csv_dry_run(raw, standing.ground, standing.overlay, name=name)
    return dry_run(raw, standing.ground, standing.overlay, name=name, replace=replace)


def _check(file: discord.Attachment, *, table: bool, replace: bool) -> None:
    """Raises NoticeError for a file that need not be read."""
    if not table and not file.filename.lower().endswith(_YAML):
        raise NoticeError("That is neither a YAML file (.yaml, as `/kb export` gives it) nor a table (.csv).")
    if table and replace:
        raise NoticeError("A table holds only a part of what a server knows: import it without `replace`.")
    most = csvimport.MAX_BYTES if table else importing.MAX_BYTES
    if file.size > most:
        raise NoticeError(f"The file has {file.size:,} bytes; at most {most:,} are read. Split it.")


async def _read(file: discord.Attachment) -> bytes:
    try:
        return await file.read()
    except discord.HTTPException as error:
        raise NoticeError("Discord did not hand me the file. Try again in a moment.") from error


async def _refuse(interaction: Interaction, name: str, conflicts: Sequence[Problem]) -> None:
    """Tell what is in the way, all of it."""
    head = f"Nothing was imported: {inline(cut(name, 100))} has {counted(len(conflicts), 'conflict')}."
    whole = "\n".join(f"- {inline(str(problem))}" for problem in conflicts)
    if len(whole) <= _TOLD:
        await send_privately(interaction, f"{head}\n{whole}")
        return
    lines = "\n".join(str(problem) for problem in conflicts)
    file = discord.File(io.BytesIO(lines.encode()), "conflicts.txt", description="All conflicts, one a line")
    await send_privately(interaction, f"{head} All are attached.\n{cut(whole, _TOLD)}", file=file)


async def _send_file(interaction: Interaction, data: bytes, standing: Standing) -> None:
    guild = interaction.guild
    most = guild.filesize_limit if guild is not None else limits.FILE
    if len(data) > most:
        raise NoticeError(
            f"The file has {len(data):,} bytes, and Discord takes {most:,} here. Whoever runs the bot can export it: "
            "`citebot export --guild ID`."
        )
    name = f"{slug(guild.name if guild is not None else '', 'server')}.yaml"
    count = len(standing.overlay.revisions)
    words = f"{counted(count, 'item')} of this server's own." if count else "This server has nothing of its own yet."
    text = f"{words} The file can be kept in git, imported elsewhere, and used as a pack."
    await send_privately(interaction, text, file=discord.File(io.BytesIO(data), name))
