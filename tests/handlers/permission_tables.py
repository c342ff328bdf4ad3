"""Every `/kb` command, autocomplete, button, select and form, and a way to use each: who may is tested with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import simcord

from handlers.add_forms import Part, part_form
from handlers.adding import Adding
from handlers.approving import Approving, CorrectionForm
from handlers.asked_render import What as Asked
from handlers.desk import Act, Desk
from handlers.forms import Form
from handlers.kb_items import Items
from handlers.kb_retire import Retiring
from handlers.kb_sheets import SheetForm
from handlers.kb_unanswered import OtherForm, UnansweredCog
from handlers.kb_upkeep import What as Upkept
from handlers.origins import Origin
from handlers.permissions import MANAGERS_ONLY, MODERATORS_ONLY, SERVERS_ONLY
from handlers.publishing import Choice
from handlers.review import DeclineForm, Verdict
from handlers.writing import EntryForm, Writing
from knowledge.curation.form import EntryFields
from knowledge.curation.items import ItemKey, ItemKind
from knowledge.curation.sheets import SHEETS
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

REFUSALS = (MODERATORS_ONLY, SERVERS_ONLY, MANAGERS_ONLY)
TOKEN = "0123456789abcdef"

COMMANDS: dict[str, dict[str, Any]] = {
    "kb add": {},
    "kb edit": {"item": "entry:trout"},
    "kb retire": {"item": "entry:trout"},
    "kb restore": {"item": "entry:trout"},
    "kb phrasing": {"entry": "entry:trout", "text": "any trout about"},
    "kb history": {"item": "entry:trout"},
    "kb log": {},
    "kb undo": {},
    "kb setup": {},
    "kb scope": {"item": "entry:trout"},
    "kb review": {},
    "kb unanswered": {},
    "kb export": {},
    "kb import": {"file": ("table.csv", b"question,answer,source\n")},
    "kb stats": {},
    "kb stale": {},
    "kb weak": {},
}
MANAGERS_COMMANDS = {"kb setup"}
MENUS = ("Add to knowledge",)
AUTOCOMPLETES = {
    ("kb add", "expert"),
    ("kb add", "source"),
    ("kb edit", "item"),
    ("kb retire", "item"),
    ("kb restore", "item"),
    ("kb phrasing", "entry"),
    ("kb history", "item"),
    ("kb scope", "item"),
}


@dataclass(frozen=True)
class Item:
    """A button, or a select of `kind` (3 texts, 6 roles, 8 channels) with the values that are chosen."""

    custom_id: str
    values: tuple[str, ...] = ()
    kind: int = 2


DESK: dict[Act, Item] = {
    Act.ADD_PART: Item(f"desk:add-part:question:{TOKEN}"),
    Act.ADD_ALIKE: Item(f"desk:add-alike:{TOKEN}", ("trout",), 3),
    Act.ADD_PUBLISH: Item(f"desk:add-publish:{TOKEN}"),
    Act.ADD_DROP: Item(f"desk:add-drop:{TOKEN}"),
    Act.ADD_MORE: Item(f"desk:add-more:{TOKEN}"),
    Act.EDIT_PART: Item(f"desk:edit-part:0:{TOKEN}"),
    Act.EDIT_PUBLISH: Item(f"desk:edit-publish:{TOKEN}"),
    Act.EDIT_DROP: Item(f"desk:edit-drop:{TOKEN}"),
    Act.CONFLICT: Item(f"desk:conflict:mine:{TOKEN}"),
    Act.HISTORY: Item("desk:history:0<:entry:trout"),
    Act.REVERT: Item("desk:revert:entry:trout", ("1",), 3),
    Act.LOG: Item("desk:log:"),
    Act.UNDO: Item("desk:undo:1"),
    Act.SETUP_ROLE: Item("desk:setup-role:", (), 6),
    Act.SETUP_AUDIT: Item("desk:setup-audit:", (), 8),
    Act.SETUP_REVIEW: Item("desk:setup-review:", (), 8),
    Act.SETUP_PACKS: Item("desk:setup-packs:", ("river",), 3),
    Act.SETUP_REMINDERS: Item("desk:setup-reminders:off"),
    Act.SCOPE: Item("desk:scope:entry:trout", (), 8),
    Act.SWITCH_PUBLISH: Item(f"desk:switch-publish:{TOKEN}"),
    Act.SWITCH_CANCEL: Item(f"desk:switch-cancel:{TOKEN}"),
}
ITEMS: dict[str, dict[Any, Item]] = {
    "DeskItem": {**DESK},
    "PublishButton": {choice: Item(f"kb:{choice.value}:{TOKEN}") for choice in Choice},
    "ReviewButton": {verdict: Item(f"review:{verdict.value}:1") for verdict in Verdict},
    "AskedButton": {
        what: Item(f"asked:{what.value}:1") for what in (Asked.LIST, Asked.OTHER, Asked.WRITE, Asked.DISMISS)
    },
    "AskedSelect": {
        what: Item(f"asked:{what.value}:1", ("1:trout" if what is Asked.MANY else "1",), 3)
        for what in (Asked.OPEN, Asked.MANY, Asked.DROP, Asked.PHRASE)
    },
    "UpkeepButton": {what: Item(f"upkeep:{what.value}:0<") for what in Upkept},
    "VerifiedSelect": {None: Item("upkeep:verified", ("trout",), 3)},
}
MEMBERS_ITEMS = {"ReplyButton", "RelatedSelect", "PageButton", "PrivacyButton"}
"""Under replies and lists that everybody may use; who may vote or remove is tested with them."""

MakeForm = Callable[[World, discord.Interaction[Any], Any], Form]


def sheet_form(world: World, interaction: discord.Interaction[Any], _: Any) -> Form:
    async def submitted(interaction: discord.Interaction[Any], guild: int, texts: Mapping[str, str]) -> None:
        await interaction.response.send_message(f"{guild}: {texts['name']}", ephemeral=True)

    base = world.services.knowledge.current(interaction.guild_id).base
    return SheetForm(world.services, base, SHEETS[ItemKind.TOPIC][0], {"name": "Fish"}, submitted)


def part(which: Part) -> MakeForm:
    def make(world: World, interaction: discord.Interaction[Any], _: object) -> Form:
        async def submitted(interaction: discord.Interaction[Any], guild: int, fields: EntryFields) -> None:
            await interaction.response.send_message(f"{guild}: {fields.question}", ephemeral=True)

        base = world.services.knowledge.current(interaction.guild_id).base
        return part_form(which, world.services, EntryFields("Why?", "So."), submitted, base)

    return make


def writing(world: World) -> Writing:
    services, items = world.services, Items(world.services)
    return Writing(services, Adding(services, items, Retiring(services, items), Desk(services)))


FORMS: dict[str, MakeForm] = {
    "SheetForm": sheet_form,
    "QuestionForm": part(Part.QUESTION),
    "SourceForm": part(Part.SOURCE),
    "ExpertForm": part(Part.EXPERT),
    "WordsForm": part(Part.WORDS),
    "DeclineForm": lambda world, _, proposal: DeclineForm(world.services, proposal),
    "OtherForm": lambda world, _, __: OtherForm(UnansweredCog(world.services, writing(world)), world.services, 1),
    "writing.EntryForm": lambda world, _, __: EntryForm(
        writing(world),
        world.services,
        Origin(world.guild.id, Action.ADD, "Edit"),
        {"question": "Why?", "answer": "So.", "source": "A book https://book.example"},
    ),
    "approving.CorrectionForm": lambda world, _, proposal: CorrectionForm(
        Approving(world.services, writing(world)),
        world.services,
        proposal,
        ItemKey(ItemKind.ENTRY, "trout"),
        "Yes.",
    ),
}
MEMBERS_FORMS = {"suggest.EntryForm", "suggest.CorrectionForm"}
"""Any member sends these in; what comes of it waits for a moderator."""


def view_of(item: Item) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    made: discord.ui.Item[Any]
    match item.kind:
        case 3:
            options = [discord.SelectOption(label=value) for value in item.values]
            made = discord.ui.Select(custom_id=item.custom_id, options=options)
        case 6:
            made = discord.ui.RoleSelect(custom_id=item.custom_id, min_values=0)
        case 8:
            made = discord.ui.ChannelSelect(custom_id=item.custom_id, min_values=0)
        case _:
            made = discord.ui.Button(label="x", custom_id=item.custom_id)
    view.add_item(made)
    return view


async def use(who: Any, message: Any, item: Item) -> simcord.InteractionResult:
    if item.kind == 2:
        return await who.click(message, custom_id=item.custom_id)
    return await who.select(message, item.values, custom_id=item.custom_id)


def refused(result: simcord.InteractionResult) -> bool:
    """Whether the bot said that this is not for them; it does so to them alone."""
    said = [*([result.response] if result.response else ()), *result.followups]
    # What was typed into a form comes back with it.
    told = [message for message in said if message.content.startswith(tuple(REFUSALS))]
    assert all(message.ephemeral for message in told)
    assert not [message.content for message in said if "Something went wrong" in message.content]
    return bool(told)


def filled(form: simcord.InteractionResult) -> dict[str, Any]:
    assert form.modal is not None
    values: dict[str, Any] = {}
    for label in form.modal["components"]:
        field = label["component"]
        if field.get("options"):
            values[field["custom_id"]] = [field["options"][0]["value"]] if field.get("required", True) else []
        else:
            values[field["custom_id"]] = field.get("value") or ("x" if field.get("required", True) else "")
    return values


def tree_of(world: World) -> Any:
    """The commands of the bot."""
    bot: Any = world.env.bot
    return bot.tree


def with_permission(name: str, **permissions: bool) -> Callable[[World], Any]:
    """A way to a member with certain permissions."""

    def make(world: World) -> Any:
        role = world.guild.create_role(name, permissions=discord.Permissions(**permissions))
        return world.guild.add_member(world.env.create_user(f"a-{name}"), roles=[role])

    return make
