"""Who may do what: every `/kb` command, autocomplete, button, select and form against every sort of person.

`permission_tables` names them all. A new one that is not named there fails the first tests.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands
from permission_tables import (
    AUTOCOMPLETES,
    COMMANDS,
    DESK,
    FORMS,
    ITEMS,
    MANAGERS_COMMANDS,
    MEMBERS_FORMS,
    MEMBERS_ITEMS,
    MENUS,
    filled,
    refused,
    tree_of,
    use,
    view_of,
    with_permission,
)

import handlers
from handlers.add_forms import PartForm
from handlers.asked_render import What as Asked
from handlers.desk import MANAGERS, Act
from handlers.forms import Form
from handlers.kb_upkeep import What as Upkept
from handlers.permissions import SERVERS_ONLY
from handlers.publishing import Choice
from handlers.review import Verdict
from knowledge.store.records import ProposalKind

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any


@dataclass(frozen=True)
class Sort:
    """A sort of person: who they are, and what they may."""

    name: str
    make: Callable[[World], Any]
    moderates: bool
    manages: bool = False


def librarian(world: World) -> Any:
    role = world.guild.roles["Librarians"]
    return world.guild.add_member(world.env.create_user("a-librarian"), roles=[role])


def helper(world: World) -> Any:
    return world.guild.add_member(world.env.create_user("a-helper"), roles=[world.helpers])


def stranger(world: World) -> Any:
    """Somebody who manages another server, with roles of the same names there, and is a plain member of this one."""
    user = world.env.create_user("a-stranger")
    other = world.env.create_guild("Elsewhere")
    role = other.create_role("Librarians", permissions=discord.Permissions(administrator=True))
    other.add_member(user, roles=[role])
    return world.guild.add_member(user)


SORTS = (
    Sort("member", lambda world: world.tom, moderates=False),
    Sort("manages messages only", lambda world: world.sam, moderates=False),
    Sort("moderator by the server's role", librarian, moderates=True),
    Sort("moderator by the configuration's role", helper, moderates=True),
    Sort("manages the server", with_permission("manager", manage_guild=True), moderates=True, manages=True),
    Sort("administrator", with_permission("administrator", administrator=True), moderates=True, manages=True),
    Sort("moderator of another server", stranger, moderates=False),
)


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    """A server with both roles, a proposal, an unanswered question, and a command that opens any form."""
    world = await make_world()
    object.__setattr__(world.services.settings, "moderator_roles", frozenset({world.helpers.id}))
    role = world.guild.create_role("Librarians")
    guild = world.guild.id
    await world.store.guilds.change(guild, lambda settings: replace(settings, moderator_role=role.id))
    fields = {"question": "Why?", "answer": "So.", "source": "A book https://book.example"}
    proposal = await world.store.proposals.add(guild, world.mira.id, ProposalKind.ENTRY, fields)

    tree = tree_of(world)

    @tree.command(name="open")
    async def open_form(interaction: discord.Interaction[Any], form: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await interaction.response.send_modal(FORMS[form](world, interaction, proposal))

    await tree.sync()
    return world


def modules() -> list[Any]:
    folder = Path(handlers.__path__[0])
    return [importlib.import_module(f"handlers.{path.stem}") for path in folder.glob("*.py") if path.stem[0] != "_"]


def own_classes(base: type) -> set[tuple[str, str]]:
    """Module and name of every class in `handlers` that derives from a base."""
    found: set[tuple[str, str]] = set()
    for module in modules():
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and issubclass(kind, base):
                found.add((module.__name__.removeprefix("handlers."), name))
    return found


class TestTheTables:
    async def test_every_command_and_autocomplete_is_named(self, world: World) -> None:
        tree = tree_of(world)
        kb = tree.get_command("kb")
        assert isinstance(kb, app_commands.Group)
        commands = {one.qualified_name: one for one in kb.walk_commands() if isinstance(one, app_commands.Command)}
        assert set(commands) == set(COMMANDS)
        completing = {(name, p.name) for name, one in commands.items() for p in one.parameters if p.autocomplete}
        assert completing == AUTOCOMPLETES
        menus = {menu.name for menu in tree.get_commands(type=discord.AppCommandType.message)}
        assert menus == {*MENUS, "Answer this"}
        # Nowhere but in servers.
        assert kb.allowed_contexts is not None
        assert kb.allowed_contexts.to_array() == [0]

    def test_every_button_and_select_is_named(self) -> None:
        found = {name for _, name in own_classes(discord.ui.DynamicItem)}
        assert found == {*ITEMS, *MEMBERS_ITEMS}
        assert set(DESK) == set(Act)
        assert set(ITEMS["ReviewButton"]) == set(Verdict)
        assert {*ITEMS["AskedButton"], *ITEMS["AskedSelect"]} == set(Asked)
        assert set(ITEMS["UpkeepButton"]) == set(Upkept)
        assert set(ITEMS["PublishButton"]) == set(Choice)

    def test_every_form_is_named(self) -> None:
        found = own_classes(discord.ui.Modal)
        assert found == own_classes(Form)
        forms = found - {("forms", Form.__name__), ("add_forms", PartForm.__name__)}
        named = {form if "." in form else None for form in (*FORMS, *MEMBERS_FORMS)}
        assert {f"{module}.{name}" if f"{module}.{name}" in named else name for module, name in forms} == {
            *FORMS,
            *MEMBERS_FORMS,
        }


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
class TestEverybody:
    async def test_commands_and_menus(self, world: World, sort: Sort) -> None:
        who = sort.make(world)
        wrong: list[str] = []
        for name, options in COMMANDS.items():
            may = sort.manages if name in MANAGERS_COMMANDS else sort.moderates
            if refused(await who.slash(world.channel, name, **options)) is may:
                wrong.append(name)
        said = await world.mira.send(world.channel, "The mill is old.")
        for menu in MENUS:
            assert refused(await who.context_menu(world.channel, menu, said)) is not sort.moderates
        assert wrong == []

    async def test_autocomplete(self, world: World, sort: Sort) -> None:
        who = sort.make(world)
        # Something that can be restored, so that its list is not empty for anybody who may see it.
        manager = with_permission("keeper", manage_guild=True)(world)
        preview = world.said(await manager.slash(world.channel, "kb retire", item="entry:pike"))
        await manager.click(preview, label="Publish")
        wrong = [
            f"{name} {option}"
            for name, option in sorted(AUTOCOMPLETES)
            if bool(await who.autocomplete(world.channel, name, option, "")) is not sort.moderates
        ]
        assert wrong == []

    async def test_buttons_and_selects(self, world: World, sort: Sort) -> None:
        who = sort.make(world)
        channel = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
        wrong: list[str] = []
        for kind, items in ITEMS.items():
            for act, item in items.items():
                if act is Act.SETUP_ROLE:
                    continue  # it would take the role away; below
                may = sort.manages if act in MANAGERS else sort.moderates
                message = await channel.send(view=view_of(item))
                if refused(await use(who, message, item)) is may:
                    wrong.append(f"{kind} {act}")
        message = await channel.send(view=view_of(DESK[Act.SETUP_ROLE]))
        if refused(await use(who, message, DESK[Act.SETUP_ROLE])) is sort.manages:
            wrong.append("setup-role")
        assert wrong == []

    async def test_forms_that_were_opened_before(self, world: World, sort: Sort) -> None:
        """Somebody may have lost the role while they typed."""
        who = sort.make(world)
        wrong: list[str] = []
        for name in FORMS:
            form = await who.slash(world.channel, "open", form=name)
            if refused(await who.submit_modal(form, filled(form))) is sort.moderates:
                wrong.append(name)
        assert wrong == []


class TestDirectMessages:
    async def test_no_command_is_offered(self, world: World) -> None:
        offered = world.tom.user.available_commands()
        assert "ask" in offered
        assert not {name for name in offered if name.startswith("kb")} | ({*offered} & {*MENUS})

    async def test_no_button_works(self, world: World) -> None:
        """Not for those either who manage a server."""
        user = with_permission("manager", manage_guild=True)(world).user
        await user.send_dm("hello")
        channel = world.env.bot.get_partial_messageable(user.dm_channel.id)
        for items in ITEMS.values():
            for item in items.values():
                message = await channel.send(view=view_of(item))
                result = await use(user, message, item)
                assert result.response is not None
                assert result.response.content == SERVERS_ONLY, item.custom_id

    async def test_no_form_is_taken(self, world: World) -> None:
        user = with_permission("manager", manage_guild=True)(world).user
        await user.send_dm("hello")
        for name in FORMS:
            form = await user.slash("open", form=name)
            result = await user.submit_modal(form, filled(form))
            assert result.response is not None
            # What was typed is handed back with it.
            assert str(result.response.content).startswith(SERVERS_ONLY), name
