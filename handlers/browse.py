"""Browsing the base: `/experts`, `/expert`, `/claims` and `/source`, in pages."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.errors import NoticeError, tell
from handlers.escape import inline, plain
from handlers.limits import cut
from handlers.listing import Listing, claims_listing, expert_listing, experts_listing, source_listing
from handlers.paging import BROWSING, SEARCH_TEXT, Query, What, fingerprint, meant, page_parts
from handlers.services import Services
from handlers.where import answerer_for, answerer_now
from knowledge.answerer import Answerer
from knowledge.model import Expert, Topic

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]

GONE = "That is no longer in the base: run the command again to see what is there now."
PUBLIC = "Show it to everyone here, not only to you"


class Browse(commands.Cog, name=BROWSING):
    """The lists. Only their reader sees them, unless they ask for it to be public."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="experts", description="Who is heard in the base: everyone, with role and affiliation")
    @app_commands.describe(public=PUBLIC)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def experts(self, interaction: Interaction, public: bool = False) -> None:
        """Everybody in the base."""
        await self._show(interaction, Query(What.EXPERTS), public=public)

    @app_commands.command(name="expert", description="Who somebody is, and everything they say")
    @app_commands.describe(name="A person, institution or outlet: choose one, or type a name", public=PUBLIC)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def expert(self, interaction: Interaction, name: str, public: bool = False) -> None:
        """One expert and their claims."""
        found = _expert(await answerer_for(self._services, interaction), name)
        await self._show(interaction, Query(What.EXPERT, expert=fingerprint(found.id)), public=public)

    @app_commands.command(name="claims", description="Statements by topic, by expert, or with certain words")
    @app_commands.describe(
        topic="Only about this topic",
        expert="Only what this person, institution or outlet says or reports",
        text="Only statements with these words",
        public=PUBLIC,
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def claims(
        self,
        interaction: Interaction,
        topic: str = "",
        expert: str = "",
        text: app_commands.Range[str, 1, SEARCH_TEXT] = "",
        public: bool = False,
    ) -> None:
        """Claims under whatever is given; all of them for nothing."""
        answerer = await answerer_for(self._services, interaction)
        query = Query(
            What.CLAIMS,
            topic=fingerprint(_topic(answerer, topic).id) if topic.strip() else "",
            expert=fingerprint(_expert(answerer, expert).id) if expert.strip() else "",
            text=plain(text),
        )
        await self._show(interaction, query, public=public)

    @app_commands.command(name="source", description="What the base rests on: title, author, date and sections")
    @app_commands.describe(public=PUBLIC)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def source(self, interaction: Interaction, public: bool = False) -> None:
        """The sources."""
        await self._show(interaction, Query(What.SOURCES), public=public)

    @expert.autocomplete("name")
    @claims.autocomplete("expert")
    async def complete_expert(self, interaction: Interaction, current: str) -> Choices:
        """Experts that the half-typed text may mean."""
        found = answerer_now(self._services, interaction).complete_experts(current, limits.AUTOCOMPLETE_CHOICES)
        return [_choice(", ".join(part for part in (e.name, e.credentials) if part), e.id) for e in found]

    @claims.autocomplete("topic")
    async def complete_topic(self, interaction: Interaction, current: str) -> Choices:
        """Topics that the half-typed text may mean."""
        found = answerer_now(self._services, interaction).complete_topics(current, limits.AUTOCOMPLETE_CHOICES)
        return [_choice(topic.name, topic.id) for topic in found]

    async def turn(self, interaction: Interaction, query: Query, page: int) -> None:
        """Another page: in place for whoever called the list up, in a reply of their own for others."""
        try:
            parts = await self._page(interaction, query, page)
            used = interaction.message.interaction_metadata if interaction.message else None
            if used is None or used.user.id == interaction.user.id:
                await interaction.response.edit_message(**parts)
            else:
                await interaction.response.send_message(**parts, ephemeral=True)
        except Exception as error:
            await tell(interaction, error, "a list's button")

    async def _show(self, interaction: Interaction, query: Query, *, public: bool) -> None:
        await interaction.response.send_message(**await self._page(interaction, query, 0), ephemeral=not public)

    async def _page(self, interaction: Interaction, query: Query, page: int) -> dict[str, Any]:
        embeds = interaction.guild_id is None or interaction.app_permissions.embed_links
        answerer = await answerer_for(self._services, interaction)
        return page_parts(_listing(answerer, query), query, page, embeds=embeds)


def _listing(answerer: Answerer, query: Query) -> Listing:
    topic = meant(query.topic, answerer.base.topics)
    expert = meant(query.expert, answerer.base.experts)
    if topic is None or expert is None:
        raise NoticeError(GONE)
    match query.what:
        case What.EXPERTS:
            return experts_listing(answerer)
        case What.EXPERT:
            return expert_listing(answerer, answerer.base.experts[expert])
        case What.CLAIMS:
            return claims_listing(answerer, topic=topic, expert=expert, text=query.text)
        case What.SOURCES:
            return source_listing(answerer)


def _expert(answerer: Answerer, text: str) -> Expert:
    found = answerer.find_expert(text)
    if found is None:
        raise NoticeError(_not_found("Nobody", text, [near.name for near in answerer.complete_experts(text, 3)]))
    return found


def _topic(answerer: Answerer, text: str) -> Topic:
    found = answerer.find_topic(text)
    if found is None:
        raise NoticeError(_not_found("No topic", text, [near.name for near in answerer.complete_topics(text, 3)]))
    return found


def _not_found(nothing: str, text: str, near: list[str]) -> str:
    hint = f" Did you mean {' or '.join(inline(name) for name in near)}?" if near else ""
    return f"{nothing} in the base goes by “{inline(cut(text, limits.CHOICE_NAME))}”.{hint} The list shows all of them."


def _choice(name: str, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=cut(plain(name), limits.CHOICE_NAME), value=value)
