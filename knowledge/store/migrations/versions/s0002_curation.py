"""What moderators and members add: servers, changes, revisions, proposals, questions, counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and note with each vote which server it was given in."""
    _votes()
    _changes()
    _proposals()
    _questions()
    _counts()


def _votes() -> None:
    op.add_column("votes", sa.Column("guild_id", sa.BigInteger()))
    # What is known of old votes is what is known of their replies.
    op.execute(
        "UPDATE votes SET guild_id = (SELECT replies.guild_id FROM replies WHERE replies.message_id = votes.reply_id)"
    )
    op.create_index("ix_votes_guild_id_candidate_id", "votes", ["guild_id", "candidate_id"])


def _changes() -> None:
    op.create_table(
        "guilds",
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("id", _COUNTED, primary_key=True),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.BigInteger()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undoes", _COUNTED, sa.ForeignKey("changes.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_guild_id_id", "changes", ["guild_id", "id"])
    op.create_index("ix_changes_who", "changes", ["who"])
    op.create_table(
        "revisions",
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.String(80), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("body", sa.JSON()),
        sa.Column("change_id", _COUNTED, sa.ForeignKey("changes.id"), nullable=False),
    )
    op.create_index("ix_revisions_change_id", "revisions", ["change_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", _COUNTED, primary_key=True),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("proposer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_message_id", sa.BigInteger()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decider_id", sa.BigInteger()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("change_id", _COUNTED, sa.ForeignKey("changes.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposals_guild_id_state", "proposals", ["guild_id", "state"])
    op.create_index("ix_proposals_guild_id_proposer_id", "proposals", ["guild_id", "proposer_id"])


def _questions() -> None:
    op.create_table(
        "unanswered",
        sa.Column("id", _COUNTED, primary_key=True),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("closest", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unanswered_guild_id_id", "unanswered", ["guild_id", "id"])
    op.create_index("ix_unanswered_expires_on", "unanswered", ["expires_on"])
    op.create_table(
        "recent",
        sa.Column("id", _COUNTED, primary_key=True),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recent_guild_id_id", "recent", ["guild_id", "id"])
    op.create_index("ix_recent_expires_on", "recent", ["expires_on"])


def _counts() -> None:
    op.create_table(
        "usage",
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("outcome", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "used",
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("candidate_id", sa.String(80), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
    )
