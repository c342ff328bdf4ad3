"""docs/privacy.md says what the database holds: table by table, column by column, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from bot.retention import CLEAR_HOURS
from bot.settings import SETTINGS
from handlers.services import HandlerSettings
from knowledge.store.belongings import people_in
from knowledge.store.proposals import KEEP_DAYS
from knowledge.store.recent import MOST
from knowledge.store.records import GuildSettings
from knowledge.store.tables import Base

PAGE = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text(encoding="utf-8")


def described() -> dict[str, dict[str, str]]:
    """Tables of the page with their columns and what is said of each."""
    sections = re.findall(r"^### `([a-z]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return {table: dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", text, re.MULTILINE)) for table, text in sections}


def test_every_table_and_column_is_described_and_no_other() -> None:
    tables = Base.metadata.tables
    assert {name: list(columns) for name, columns in described().items()} == {
        name: [column.name for column in table.columns] for name, table in tables.items()
    }


def test_the_columns_with_a_persons_id_are_marked() -> None:
    marked = {
        table: tuple(name for name, words in columns.items() if words.startswith("**Person**"))
        for table, columns in described().items()
    }
    assert marked == {name: people_in(table) for name, table in Base.metadata.tables.items()}


def test_no_other_column_is_named_like_a_persons() -> None:
    """Whoever adds one has to say so in the table, or it would be shown and deleted to nobody."""
    ids = {"guild_id", "channel_id", "message_id", "question_id", "review_message_id", "change_id", "item_id"}
    ids |= {"candidate_id", "reply_id", "id"}
    for table in Base.metadata.tables.values():
        unmarked = {column.name for column in table.columns} - set(people_in(table)) - ids
        assert not {name for name in unmarked if name.endswith("_id") or name in ("who", "user", "author")}, table.name


def test_the_times_are_those_of_the_code() -> None:
    page = " ".join(PAGE.split())
    defaults = {setting.name: setting.default for setting in SETTINGS}
    settings = HandlerSettings()
    assert settings.reply_days == defaults["replies.keep_days"]
    assert settings.unseen_days == defaults["privacy.unseen_days"]
    assert settings.left_server_days == defaults["privacy.left_server_days"]
    for words in (
        f"| {settings.reply_days} days; less if",
        f"| {GuildSettings().unanswered_days} days | |",
        f"until {KEEP_DAYS} days after the decision",
        f"is {settings.unseen_days} days old",
        f"| {settings.left_server_days} days, unless it comes back",
        f"The last {MOST} questions",
    ):
        assert words in page, words
    assert CLEAR_HOURS == 6
    assert "every six hours" in page
