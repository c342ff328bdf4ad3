"""The database is gone for a while: answers go on, what would change something is refused, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
import pytest

from knowledge.curation.bodies import body_of
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.errors import StoreError
from knowledge.store.records import Action, Lack, ProposalKind, Tally

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"
GONE = "The database is out of reach. Try again in a moment."


@contextmanager
def gone(world: World) -> Generator[None]:
    """Within the block every use of the database fails."""

    @asynccontextmanager
    async def fails() -> AsyncGenerator[Any]:
        raise StoreError(GONE)
        yield

    async def fails_at_once(_: object) -> None:
        raise StoreError(GONE)

    database = vars(world.store)["_database"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "read", fails)
        patch.setattr(database, "write", fails)
        patch.setattr(database, "do", fails_at_once)
        yield


@contextmanager
def stuck(world: World) -> Generator[None]:
    """Within the block every use of the database waits, as for a lock or a server that does not answer."""
    over = asyncio.Event()

    @asynccontextmanager
    async def waits() -> AsyncGenerator[Any]:
        await over.wait()
        raise StoreError(GONE)
        yield

    async def waits_for_good(_: object) -> None:
        await over.wait()
        raise StoreError(GONE)

    database = vars(world.store)["_database"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "read", waits)
        patch.setattr(database, "write", waits)
        patch.setattr(database, "do", waits_for_good)
        try:
            yield
        finally:
            over.set()


LISTS = (
    ("ask", "question", "trout"),
    ("expert", "name", "mar"),
    ("claims", "topic", ""),
    ("kb edit", "item", "trout"),
    ("kb retire", "item", "trout"),
    ("kb phrasing", "entry", "flood"),
    ("kb scope", "item", "flood"),
    ("kb history", "item", "trout"),
    ("kb add", "expert", "mar"),
    ("kb restore", "item", "trout"),
)


async def test_lists_wait_for_neither_the_database_nor_an_index_in_the_making(
    make_world: MakeWorld,
) -> None:
    world = await make_world(check_errors=False)
    retired = [Edit(ItemKind.ENTRY, "trout", 0, State.RETIRED)]
    related = [
        Edit(ItemKind.ENTRY, entry.id, 0, State.LIVE, {**body_of(entry), "related": []})
        for entry in world.services.knowledge.current().base.entries.values()
        if "trout" in entry.related
    ]
    await world.store.revisions.commit(world.guild.id, world.sam.id, Action.RETIRE, [*retired, *related])
    # A moderator by the role that the server has set: that is known from memory too.
    helpers = int(world.helpers.id)
    await world.store.guilds.change(world.guild.id, lambda settings: replace(settings, moderator_role=helpers))
    assert await world.services.knowledge.published(world.guild.id)
    rita = world.guild.add_member(world.env.create_user("rita"), roles=[world.helpers])
    with stuck(world):
        making = asyncio.ensure_future(world.services.knowledge.published(world.guild.id))
        for command, option, text in LISTS:
            async with asyncio.timeout(3):
                found = await rita.autocomplete(world.channel, command, option, text)
            assert found, command
        async with asyncio.timeout(3):
            assert await world.mira.autocomplete(world.channel, "kb edit", "item", "trout") == []
        assert not making.done()
    assert not await making


async def test_questions_are_answered_in_a_server_with_settings_of_its_own(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    await world.store.guilds.change(world.guild.id, lambda settings: replace(settings, unanswered_days=7))
    await world.services.knowledge.published(world.guild.id)
    with gone(world):
        assert (await world.ask(FLOOD)).embeds[0].title == FLOOD
        said = world.said(await world.mira.slash(world.channel, "ask", question=TROUT))
        assert said.embeds[0].title == TROUT
    assert (await world.ask(TROUT)).embeds[0].title == TROUT


async def test_a_reply_to_a_message_that_is_not_known_is_left_alone_without_an_error(
    make_world: MakeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world = await make_world(check_errors=False)
    with gone(world):
        other = await world.tom.send(world.channel, "fine weather")
        await world.mira.send(world.channel, "indeed", reply_to=other)
        assert world.bots == []
        assert (await world.ask(FLOOD)).embeds[0].title == FLOOD
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_vote_is_refused_in_words_and_counts_once_it_is_back(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    reply = await world.ask(FLOOD)
    with gone(world):
        refused = world.said(await world.mira.click(reply, label="Helpful"))
        assert refused.ephemeral
        assert GONE in world.text_of(refused)
    assert await world.store.tally("entry:why-floods") == Tally(0, 0)
    await world.mira.click(reply, label="Helpful")
    assert await world.store.tally("entry:why-floods") == Tally(1, 0)


# Every kind of change: a way from a moderator to its preview.
Preview = Callable[[World, Any], Awaitable[Any]]
MILL = {"question": "How old is the mill?", "answer": "It was built before 1700."}
ROW = {**MILL, "source": "Mills of the valley https://mills.example/book", "who": "Ed Eker", "place": ""}


def filled(form: Any) -> dict[str, Any]:
    """What stands in a form."""
    values: dict[str, Any] = {}
    for label in form.modal["components"]:
        one = label["component"]
        chosen = [option["value"] for option in one.get("options", ()) if option.get("default")]
        values[one["custom_id"]] = chosen if "options" in one else one.get("value") or ""
    return values


def by_command(name: str, **options: Any) -> Preview:
    async def make(world: World, who: Any) -> Any:
        return world.said(await who.slash(world.channel, f"kb {name}", **options))

    return make


async def adding(world: World, who: Any) -> Any:
    form = await who.slash(world.channel, "kb add", expert="expert:ada-marsh", source="source:report")
    panel = world.said(await who.submit_modal(form, {**filled(form), **MILL}))
    form = await who.click(panel, label="Where it stands")
    await who.submit_modal(form, {**filled(form), "place": "Opening, paragraph 1"})
    return world.said(await who.click(panel, label="Publish …"))


async def editing(world: World, who: Any) -> Any:
    form = await who.slash(world.channel, "kb edit", item="entry:why-floods")
    panel = world.said(await who.submit_modal(form, {**filled(form), "answer": "Snow."}))
    return world.said(await who.click(panel, label="Publish …"))


async def changed(world: World, who: Any) -> None:
    """Something that can be taken back: another answer for the flood."""
    body = {"question": FLOOD, "answer": "Rain.", "claims": ["snow-melts"]}
    edit = Edit(ItemKind.ENTRY, "why-floods", 0, State.LIVE, body)
    await world.store.revisions.commit(world.guild.id, who.id, Action.EDIT, [edit])
    retired = Edit(ItemKind.ENTRY, "why-floods", 1, State.RETIRED)
    await world.store.revisions.commit(world.guild.id, who.id, Action.RETIRE, [retired])
    await world.services.knowledge.published(world.guild.id)


async def undoing(world: World, who: Any) -> Any:
    await changed(world, who)
    return await by_command("undo")(world, who)


async def restoring(world: World, who: Any) -> Any:
    await changed(world, who)
    return await by_command("restore", item="entry:why-floods")(world, who)


async def reverting(world: World, who: Any) -> Any:
    await changed(world, who)
    shown = await by_command("history", item="entry:why-floods")(world, who)
    return world.said(await who.select(shown, ["1"]))


def approving(kind: ProposalKind, target: str = "", **fields: str) -> Preview:
    async def make(world: World, who: Any) -> Any:
        await world.store.proposals.add(world.guild.id, world.mira.id, kind, fields, target=target)
        shown = await by_command("review")(world, who)
        return world.said(await who.click(shown, label="Approve"))

    return make


async def asked(world: World, who: Any) -> Any:
    """The group of an unanswered question."""
    await world.store.unanswered.add(world.guild.id, "why are my feet wet", Lack.ABSTAINED, ["entry:why-floods"])
    (question,) = await world.store.unanswered.all(world.guild.id)
    shown = await by_command("unanswered")(world, who)
    await who.select(shown, [str(question.id)], custom_id="asked:open:0")
    return shown


async def writing(world: World, who: Any) -> Any:
    form = await who.click(await asked(world, who), label="Write an entry")
    return world.said(await who.submit_modal(form, ROW))


async def accepting(world: World, who: Any) -> Any:
    form = await who.click(await asked(world, who), label="Another entry …")
    return world.said(await who.submit_modal(form, {"entry": FLOOD}))


async def verifying(world: World, who: Any) -> Any:
    body = {"question": "Who fishes here?", "answer": "Ada.", "claims": ["trout-return"]}
    edit = Edit(ItemKind.ENTRY, "fishes", 0, State.LIVE, body)
    await world.store.revisions.commit(world.guild.id, who.id, Action.ADD, [edit])
    await world.services.knowledge.published(world.guild.id)
    shown = await by_command("stale")(world, who)
    return world.said(await who.select(shown, ["fishes"], custom_id="upkeep:verified"))


DONE = ("Retired", "Restored", "Went back", "Taken back", "Noted", "Imported mill.csv")

CHANGES: dict[str, Preview] = {
    "add": adding,
    "edit": editing,
    "retire": by_command("retire", item="entry:trout"),
    "restore": restoring,
    "phrasing": by_command("phrasing", entry="entry:trout", text="any speckled swimmers"),
    "revert": reverting,
    "undo": undoing,
    "approve an entry": approving(
        ProposalKind.ENTRY, **MILL, source="A book https://book.example", expert="Ed", role="", affiliation="", place=""
    ),
    "approve a correction": approving(
        ProposalKind.CORRECTION, "entry:why-floods", asked=FLOOD, wrong="No.", better="Snow.", source=""
    ),
    "write an entry": writing,
    "accept phrasings": accepting,
    "verify": verifying,
    "import": by_command("import", file=("mill.csv", b"question,answer,source\nHow old is it?,Old.,A book\n")),
}


def manager(world: World) -> Any:
    role = world.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("rita", global_name="Rita"), roles=[role])


async def kept(world: World) -> tuple[object, ...]:
    """All that a change could leave behind."""
    store, guild = world.store, world.guild.id
    return (
        await store.revisions.changes(guild),
        (await store.revisions.current(guild)).revisions,
        await store.proposals.count_open(guild),
        [question.id for question in await store.unanswered.all(guild)],
    )


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change_is_refused_in_words_nothing_is_saved_and_it_can_be_published_later(
    make_world: MakeWorld, kind: str
) -> None:
    world = await make_world(check_errors=False)
    rita = manager(world)
    preview = await CHANGES[kind](world, rita)
    before = await kept(world)
    with gone(world):
        refused = world.said_after(await rita.click(preview, label="Publish"))
        assert refused.ephemeral
        assert GONE in refused.content
    assert await kept(world) == before
    assert world.buttons(preview.message)[:2] == ["Publish", "Cancel"]
    await rita.click(preview, label="Publish")
    assert await kept(world) != before
    assert "Published" in preview.message.content or preview.message.content.split(":")[0] in DONE


async def open_add(world: World, who: Any) -> Any:
    return await who.slash(world.channel, "kb add")


async def open_edit(world: World, who: Any) -> Any:
    return await who.slash(world.channel, "kb edit", item="entry:why-floods")


async def open_writing(world: World, who: Any) -> Any:
    return await who.click(await asked(world, who), label="Write an entry")


async def open_correction(world: World, who: Any) -> Any:
    fields = {"asked": FLOOD, "wrong": "No.", "better": "Snow.", "source": ""}
    kind = ProposalKind.CORRECTION
    await world.store.proposals.add(world.guild.id, world.mira.id, kind, fields, target="entry:why-floods")
    return await who.click(await by_command("review")(world, who), label="Edit")


async def open_decline(world: World, who: Any) -> Any:
    await world.store.proposals.add(world.guild.id, world.mira.id, ProposalKind.ENTRY, MILL)
    return await who.click(await by_command("review")(world, who), label="Decline")


async def open_suggest(world: World, _: Any) -> Any:
    return await world.mira.slash(world.channel, "suggest")


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        (open_add, "answer"),
        (open_edit, "answer"),
        (open_writing, "answer"),
        (open_correction, "better"),
        (open_decline, "reason"),
        (open_suggest, "answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
async def test_what_was_typed_into_a_form_is_given_back(make_world: MakeWorld, opened: Preview, name: str) -> None:
    world = await make_world(check_errors=False)
    rita = manager(world)
    form = await opened(world, rita)
    who = world.mira if opened is open_suggest else rita
    values = {**{key: value or "x" for key, value in filled(form).items()}, name: "My grandmother told me."}
    before = await kept(world)
    with gone(world):
        result = await who.submit_modal(form, values)
        said = [*([result.response] if result.response else ()), *result.followups][-1]
    assert said.ephemeral
    assert GONE in said.content
    (file,) = said.attachments
    assert "My grandmother told me." in (await file.read()).decode()
    assert await kept(world) == before
