"""The tables, as SQLAlchemy sees them. Nothing here is special to one database.

Whoever changes them adds a migration in `migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

CANDIDATE_LENGTH = 80
ITEM_ID_LENGTH = 80

# A column that holds the Discord id of a person: whoever asks to be forgotten is in none of them afterwards.
_PERSON: dict[Any, Any] = {"person": True}

# Counted up by the database. SQLite does so for INTEGER alone, which has 64 bits there.
Counted = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC, without the zone where the database cannot hold one."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The tables' registry."""


def table_of(row: type[Base]) -> Table:
    """The table itself, for statements that go around the unit of work."""
    return Base.metadata.tables[row.__tablename__]


class ReplyRow(Base):
    """One reply of the bot's; see `Reply`."""

    __tablename__ = "replies"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    guild_id: Mapped[int | None] = mapped_column(BigInteger)
    asker_id: Mapped[int] = mapped_column(BigInteger, info=_PERSON)
    invoker_id: Mapped[int] = mapped_column(BigInteger, info=_PERSON)
    question_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    candidate_id: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH))
    outcome: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime(), index=True)


class VoteRow(Base):
    """One person's vote on one reply, for the candidate that it showed then, in the reply's guild.

    `voter_id` becomes empty when the reply goes: the count stays, the person is forgotten. (Empty
    values never clash in a unique constraint.)
    """

    __tablename__ = "votes"
    __table_args__ = (
        Unique("reply_id", "voter_id", name="one_vote_a_person_and_reply"),
        Index("ix_votes_guild_id_candidate_id", "guild_id", "candidate_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(BigInteger)
    voter_id: Mapped[int | None] = mapped_column(BigInteger, info=_PERSON)
    candidate_id: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH), index=True)
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcTime())
    guild_id: Mapped[int | None] = mapped_column(BigInteger)


class GuildRow(Base):
    """A server: its settings, and a stamp that differs after every change of what it knows."""

    __tablename__ = "guilds"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(32))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)


class ChangeRow(Base):
    """One transaction by one person; see `Change`."""

    __tablename__ = "changes"
    # An id is never given twice, even after a restore of something older.
    __table_args__ = (Index("ix_changes_guild_id_id", "guild_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[int | None] = mapped_column(BigInteger, index=True, info=_PERSON)
    at: Mapped[datetime] = mapped_column(UtcTime())
    action: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(Counted, ForeignKey("changes.id"))


class RevisionRow(Base):
    """One item as a change has left it; see `Revision`. Rows are added and never altered."""

    __tablename__ = "revisions"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(ITEM_ID_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    # JSON and not JSONB: the order of the keys is the author's.
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    change_id: Mapped[int] = mapped_column(Counted, ForeignKey("changes.id"), index=True)


class ProposalRow(Base):
    """What a member proposed; see `Proposal`."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_guild_id_state", "guild_id", "state"),
        Index("ix_proposals_guild_id_proposer_id", "guild_id", "proposer_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    proposer_id: Mapped[int] = mapped_column(BigInteger, info=_PERSON)
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    review_message_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    decider_id: Mapped[int | None] = mapped_column(BigInteger, info=_PERSON)
    reason: Mapped[str] = mapped_column(Text)
    change_id: Mapped[int | None] = mapped_column(Counted, ForeignKey("changes.id"))


class UnansweredRow(Base):
    """A question without a good answer, and nobody's id beside it; see `Unanswered`."""

    __tablename__ = "unanswered"
    __table_args__ = (Index("ix_unanswered_guild_id_id", "guild_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(20))
    closest: Mapped[list[str]] = mapped_column(JSON)
    day: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date, index=True)


class RecentRow(Base):
    """A question that was asked, and nobody's id beside it."""

    __tablename__ = "recent"
    __table_args__ = (Index("ix_recent_guild_id_id", "guild_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Counted, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date] = mapped_column(Date, index=True)


class UsageRow(Base):
    """How many questions of a server ended so on that day (UTC)."""

    __tablename__ = "usage"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


class UsedRow(Base):
    """How often a server was answered with this candidate, and on which day (UTC) last."""

    __tablename__ = "used"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    candidate_id: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    last_day: Mapped[date] = mapped_column(Date)


class DepartedRow(Base):
    """A server that the bot is no longer in, and since when that is known."""

    __tablename__ = "departed"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcTime())
