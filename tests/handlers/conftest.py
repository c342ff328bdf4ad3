"""A real bot with the real handlers, over a small base and a real store, in a simulated Discord."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import discord
import pytest
import simcord
from discord.ext import commands

from handlers.cooldowns import Cooldowns
from handlers.errors import NoticeError
from handlers.services import HandlerSettings, Services
from handlers.setup import setup
from knowledge.answerer import Answerer, Policy
from knowledge.guilds import GuildKnowledge
from knowledge.matching.encoder import Encoder
from knowledge.model import Claim, Entry, Expert, ExpertKind, KnowledgeBase, Locator, PackInfo, Section, Source, Topic
from knowledge.store import Store


@dataclass
class Clock:
    """Time that moves only when a test says so."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


class Bot(commands.Bot):
    """The smallest bot that hosts the handlers."""

    def __init__(self, services: Services, *, message_content: bool) -> None:
        intents = discord.Intents.default()
        intents.message_content = message_content
        super().__init__(
            command_prefix=commands.when_mentioned, intents=intents, allowed_mentions=discord.AllowedMentions.none()
        )
        self.services = services

    async def setup_hook(self) -> None:
        await setup(self, self.services)
        await self.tree.sync()


@dataclass
class World:
    """A server with a member who asks (mira), another (tom), and a moderator (sam)."""

    env: simcord.Env
    services: Services
    clock: Clock
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    mira: simcord.MemberActor
    tom: simcord.MemberActor
    sam: simcord.MemberActor
    helpers: simcord.RoleHandle
    message_content: bool

    @property
    def me(self) -> str:
        user = self.env.bot.user
        assert user is not None
        return user.mention

    @property
    def store(self) -> Store:
        return self.services.store

    async def ask(self, text: str, *, who: simcord.MemberActor | None = None) -> discord.Message:
        """Somebody mentions the bot; its reply."""
        await (who or self.mira).send(self.channel, f"{self.me} {text}")
        return self.last

    @property
    def last(self) -> discord.Message:
        """The last message in the channel, which must be the bot's."""
        message = self.channel.last_message
        assert message is not None
        assert message.author.bot
        return message

    @property
    def bots(self) -> list[discord.Message]:
        """All that the bot has posted in the channel for everybody."""
        return [m for m in self.channel.history() if m.author.bot and not m.flags.ephemeral]

    def pings(self, message: discord.Message) -> list[int]:
        """Who was really notified by a message."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return [*stored.ping_user_ids, *stored.ping_role_ids]

    def sent(self, method: str = "POST") -> list[dict[str, Any]]:
        """Bodies of the bot's requests that carry a message, oldest first."""
        bodies = [cast("dict[str, Any]", entry.json) for entry in self.env.http_requests if entry.method == method]
        return [body for body in bodies if body]

    def buttons(self, message: discord.Message) -> list[str]:
        """Labels of the buttons under a message."""
        return [
            item.label or ""
            for row in message.components
            for item in cast("discord.ActionRow", row).children
            if isinstance(item, discord.Button)
        ]

    def fresh(self, message: discord.Message) -> discord.Message:
        """The same message as it stands now."""
        return next(m for m in self.channel.history() if m.id == message.id)

    def text_of(self, message: Any) -> str:
        """Everything a reader sees in a message, buttons aside."""
        parts = [message.content]
        for embed in message.embeds:
            parts += [embed.author.name, embed.title, embed.description]
            parts += [text for item in embed.fields for text in (item.name, item.value)]
            parts.append(embed.footer.text)
        return "\n".join(part for part in parts if part)

    def said(self, result: simcord.InteractionResult) -> simcord.ResponseMessage:
        """What the bot answered to an interaction."""
        assert result.response is not None
        return result.response

    def said_after(self, result: simcord.InteractionResult) -> simcord.ResponseMessage:
        """What the bot said last after it had acknowledged a press."""
        return result.followups[-1]

    async def restart(self) -> None:
        """Another process: a new bot over the same store."""
        await self.env.restart_bot(Bot(self.services, message_content=self.message_content))


MakeWorld = Callable[..., Awaitable[World]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return small_base()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.bundled()


@pytest.fixture(scope="session")
def answerer(base: KnowledgeBase, encoder: Encoder) -> Answerer:
    return Answerer.build(base, encoder=encoder)


@pytest.fixture(scope="session")
def unsure(base: KnowledgeBase, encoder: Encoder) -> Answerer:
    """Never sure enough to answer: every question gets suggestions."""
    return Answerer.build(base, encoder=encoder, policy=Policy(wrong_costs=1e9, suggest_at=0.0))


@pytest.fixture
async def make_world(tmp_path: Path, answerer: Answerer, clock: Clock) -> AsyncGenerator[MakeWorld]:
    """Make a world; keyword arguments are settings, `permissions` what the bot may do, `answerer` its base."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            message_content: bool = False,
            answerer: Answerer = answerer,
            check_errors: bool = True,
            cooldowns: Cooldowns | None = None,
            **settings: Any,
        ) -> World:
            store = await stack.enter_async_context(Store.open(tmp_path / "citebot.sqlite3", clock=clock))
            chosen = HandlerSettings(message_content=message_content, **settings)
            knowledge = await stack.enter_async_context(GuildKnowledge(answerer, store, clock=clock))
            services = Services(knowledge, store, clock, chosen, cooldowns=cooldowns or Cooldowns())
            bot = Bot(services, message_content=message_content)
            env = simcord.Env(bot)
            await env.start()
            stack.push_async_callback(_close, env, check_errors)
            guild = env.create_guild("River folk")
            channel = guild.create_text_channel("general")
            moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
            helpers = guild.create_role("Helpers")
            return World(
                env,
                services,
                clock,
                guild,
                channel,
                mira=guild.add_member(env.create_user("mira", global_name="Mira")),
                tom=guild.add_member(env.create_user("tom", global_name="Tom")),
                sam=guild.add_member(env.create_user("sam", global_name="Sam"), roles=[moderators]),
                helpers=helpers,
                message_content=message_content,
            )

        yield make


async def _close(env: simcord.Env, check_errors: bool) -> None:
    await env.shutdown()
    # What people are told in so many words is no error of the bot's.
    if check_errors and [e for e in env.errors if not isinstance(getattr(e, "original", e), NoticeError)]:
        env.raise_errors()


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    """The usual world: no privileged intent, no special channels."""
    return await make_world()


@pytest.fixture
def rita(world: World) -> simcord.MemberActor:
    """A moderator: she manages the server."""
    role = world.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("rita", global_name="Rita"), roles=[role])


@pytest.fixture
async def ned(world: World) -> simcord.MemberActor:
    """A moderator by the role that the server has set; he may not manage the server."""
    role = world.guild.create_role("Librarians")
    await world.store.guilds.change(world.guild.id, lambda settings: replace(settings, moderator_role=role.id))
    return world.guild.add_member(world.env.create_user("ned", global_name="Ned"), roles=[role])


def small_base() -> KnowledgeBase:
    """A made-up report on a made-up river, with everything that a claim can carry."""
    source = Source(
        id="report",
        title="The river report",
        author="cy-wren",
        sections=(Section("opening", "Opening", heading=False), Section("causes", "Causes of floods")),
        period="between May and July 2020",
    )
    experts = (
        Expert("ada-marsh", "Ada Marsh", ExpertKind.PERSON, "geologist", "Hill Institute", ("Marsh",)),
        Expert("herald", "The Valley Herald", ExpertKind.OUTLET, "newspaper"),
        Expert("cy-wren", "Cy Wren", ExpertKind.AUTHOR, "author of the report"),
    )
    topics = (Topic("floods", "Floods"), Topic("fish", "Fish"))

    def at(section: str, paragraph: int) -> Locator:
        return Locator("report", section, paragraph, "anchor words")

    claims = (
        Claim(
            "snow-melts",
            "Melting snow raises the river every spring.",
            "ada-marsh",
            at("causes", 2),
            reported_by="herald",
            quote="the snow comes down all at once",
            topics=("floods",),
            note="The report does not say which winter is meant.",
            article_present=True,
        ),
        Claim(
            "dam-is-old", "The dam is too old to hold a high flood.", "cy-wren", at("opening", 1), topics=("floods",)
        ),
        Claim(
            "trout-return", "Trout have come back to the upper river.", "ada-marsh", at("opening", 3), topics=("fish",)
        ),
        Claim("pike-decline", "Pike are becoming rare near the mill.", "cy-wren", at("causes", 1), topics=("fish",)),
    )
    entries = (
        Entry(
            "why-floods",
            "Why does the river flood every spring?",
            "Because the snow melts quickly and the dam is old.",
            ("snow-melts", "dam-is-old"),
            ("What causes the spring floods?", "reason for flooding"),
            ("trout",),
        ),
        Entry(
            "trout",
            "Have the trout come back to the river?",
            "Yes, to the upper river.",
            ("trout-return",),
            ("are there trout again",),
            ("why-floods",),
        ),
        Entry(
            "pike",
            "Are pike becoming rare in the river?",
            "Yes, near the mill.",
            ("pike-decline",),
            ("is pike getting scarce",),
            ("trout",),
        ),
    )
    info = PackInfo("river", "The river report", "the river, its floods and its fish", ("why-floods", "trout"))
    return KnowledgeBase(
        info=info,
        sources=MappingProxyType({source.id: source}),
        experts=MappingProxyType({expert.id: expert for expert in experts}),
        topics=MappingProxyType({topic.id: topic for topic in topics}),
        claims=MappingProxyType({claim.id: claim for claim in claims}),
        entries=MappingProxyType({entry.id: entry for entry in entries}),
    )


@pytest.fixture(scope="session")
def huge(encoder: Encoder) -> Answerer:
    """One entry on forty claims, every text as long as a pack allows and full of tricks."""
    base = small_base()
    tricky = "@everyone <@1> **bold** [link](https://example.org) `code` ||spoiler|| > quote # head "
    claims = {
        f"claim-{n}": Claim(
            f"claim-{n}",
            (f"Statement number {n} " + tricky * 6)[:400],
            "ada-marsh",
            Locator("report", "causes", n, "anchor"),
            reported_by="herald",
            quote=(f"quoted {n} " + tricky * 6)[:400],
            note=(f"unclear {n} " + tricky * 6)[:400],
        )
        for n in range(1, 41)
    }
    entries = {
        f"all-{n}": Entry(f"all-{n}", f"{question} {tricky * 2}"[:200], (tricky * 20)[:1000], tuple(claims))
        for n, question in enumerate(("Which trout swim in the upper river?", "How many pike are near the mill?"))
    }
    everything = "Tell me everything about the river"
    entries["all"] = Entry("all", everything, (tricky * 20)[:1000], tuple(claims), (), tuple(entries))
    return Answerer.build(
        replace(base, claims=MappingProxyType(claims), entries=MappingProxyType(entries)), encoder=encoder
    )
