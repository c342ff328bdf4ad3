"""The tables, as SQLAlchemy sees them. Nothing here is special to one database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

CANDIDATE_LENGTH = 80


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


class ReplyRow(Base):
    """One reply of the bot's; see `Reply`."""

    __tablename__ = "replies"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    guild_id: Mapped[int | None] = mapped_column(BigInteger)
    asker_id: Mapped[int] = mapped_column(BigInteger)
    invoker_id: Mapped[int] = mapped_column(BigInteger)
    question_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    candidate_id: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH))
    outcome: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    expires_at: Mapped[datetime] = mapped_column(UtcTime(), index=True)


class VoteRow(Base):
    """One person's vote on one reply, for the candidate that it showed then.

    `voter_id` becomes empty when the reply goes: the count stays, the person is forgotten. (Empty
    values never clash in a unique constraint.)
    """

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("reply_id", "voter_id", name="one_vote_a_person_and_reply"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(BigInteger)
    voter_id: Mapped[int | None] = mapped_column(BigInteger)
    candidate_id: Mapped[str] = mapped_column(String(CANDIDATE_LENGTH), index=True)
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcTime())
