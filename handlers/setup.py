"""Puts every handler on a bot: the program, the tests and the wire tests all use this one function."""

from __future__ import annotations

from discord.ext import commands

from handlers import errors
from handlers.adding import Adding
from handlers.approving import Approving
from handlers.ask_command import AskCommand
from handlers.ask_message import AskMessage
from handlers.asked_render import AskedButton, AskedSelect
from handlers.browse import Browse
from handlers.components import DYNAMIC_ITEMS
from handlers.conflicts import Conflicts
from handlers.desk import Desk, DeskItem
from handlers.forms import LostForms
from handlers.help import Help
from handlers.kb import kb_group
from handlers.kb_add import AddMenu, install_add
from handlers.kb_edit import Editing, install_edit
from handlers.kb_history import History, install_history
from handlers.kb_items import Items
from handlers.kb_port import install_port
from handlers.kb_retire import Retiring, install_retire
from handlers.kb_scope import Scoping, install_scope
from handlers.kb_setup import SettingUp, install_setup
from handlers.kb_stats import install_stats
from handlers.kb_unanswered import UnansweredCog, install_unanswered
from handlers.kb_upkeep import Upkeep, UpkeepButton, VerifiedSelect, install_upkeep
from handlers.paging import PageButton
from handlers.presses import PressesCog
from handlers.privacy import Privacy, PrivacyButton
from handlers.publishing import PublishButton, Publishing
from handlers.review import Review, ReviewButton, install_review
from handlers.services import Services
from handlers.suggest import Suggest
from handlers.switching import Switching
from handlers.writing import Writing


async def setup(bot: commands.Bot, services: Services) -> None:
    """Add cogs, commands, buttons that survive restarts and the error handler. Call once, before login."""
    errors.install(bot)
    kb = kb_group()
    desk = Desk(services)
    items = Items(services)
    retiring = Retiring(services, items)
    adding = Adding(services, items, retiring, desk)
    install_add(kb, adding, items)
    editing = Editing(services, items, desk)
    install_edit(kb, editing, items)
    install_retire(kb, retiring, items)
    install_history(kb, History(services, items, desk), items)
    switching = Switching(services, desk)
    install_setup(kb, SettingUp(services, items, desk, switching))
    install_scope(kb, Scoping(services, items, desk, switching), items)
    writing = Writing(services, adding)
    unanswered = UnansweredCog(services, writing)
    install_review(kb, services)
    install_unanswered(kb, unanswered)
    install_port(kb, services)
    install_stats(kb, services)
    upkeep = Upkeep(services)
    install_upkeep(kb, upkeep)
    bot.tree.add_command(kb)
    cogs: tuple[commands.Cog, ...] = (
        PressesCog(services),
        AskMessage(bot, services),
        AskCommand(bot, services),
        Browse(services),
        Help(services),
        Privacy(services),
        Suggest(services),
        Review(services, Approving(services, writing)),
        Publishing(services, Conflicts(services, desk, editing)),
        desk,
        AddMenu(bot, adding),
        LostForms(),
        unanswered,
        upkeep,
    )
    for cog in cogs:
        await bot.add_cog(cog)
    bot.add_dynamic_items(
        *DYNAMIC_ITEMS,
        PageButton,
        PrivacyButton,
        ReviewButton,
        PublishButton,
        AskedButton,
        AskedSelect,
        UpkeepButton,
        VerifiedSelect,
        DeskItem,
    )
