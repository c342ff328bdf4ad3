"""Replies and votes: the schema before there were migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "replies",
        sa.Column("message_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("asker_id", sa.BigInteger(), nullable=False),
        sa.Column("invoker_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger()),
        sa.Column("candidate_id", sa.String(80), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_replies_question_id", "replies", ["question_id"])
    op.create_index("ix_replies_expires_at", "replies", ["expires_at"])
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("voter_id", sa.BigInteger()),
        sa.Column("candidate_id", sa.String(80), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("reply_id", "voter_id", name="one_vote_a_person_and_reply"),
    )
    op.create_index("ix_votes_candidate_id", "votes", ["candidate_id"])
