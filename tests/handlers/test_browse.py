"""`/experts`, `/expert`, `/claims` and `/source`, with pages."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import discord
import pytest

from handlers.limits import CUSTOM_ID
from handlers.paging import SEARCH_TEXT, PageButton, Query, What, fingerprint
from knowledge.answerer import Answerer
from knowledge.model import WHOLE, Locator

# The fixtures of conftest.py, whose handles simcord types too narrowly for a chain of actions.
MakeWorld = World = Any


async def run(world: World, command: str, **options: Any) -> Any:
    """Mira runs a command; what she gets."""
    result = await world.mira.slash(world.channel, command, **options)
    assert result.response is not None
    return result.response


class TestExperts:
    async def test_everybody_is_listed_with_kind_role_and_number_of_statements(self, world: World) -> None:
        shown = await run(world, "experts")
        text = world.text_of(shown)
        assert shown.ephemeral
        assert "**Ada Marsh**\nperson · geologist, Hill Institute · 2 statements" in text
        assert "**The Valley Herald**\nnews outlet · newspaper · 1 statement" in text
        assert "3 voices" in text

    async def test_it_can_be_shown_to_all(self, world: World) -> None:
        await run(world, "experts", public=True)
        assert "Ada Marsh" in world.text_of(world.last)


class TestExpert:
    async def test_who_they_are_and_all_they_say_with_places(self, world: World) -> None:
        text = world.text_of(await run(world, "expert", name="ada-marsh"))
        for piece in (
            "*Person* · geologist, Hill Institute",
            "Melting snow raises the river every spring.",
            "> “the snow comes down all at once”",
            "reported by The Valley Herald",
            "section “Causes of floods”, paragraph 2",
            "Note: The report does not say which winter is meant.",
            "Trout have come back",
            "2 statements",
        ):
            assert piece in text

    async def test_a_whole_section_is_cited_without_a_paragraph(self, make_world: MakeWorld, base: Any) -> None:
        ada = replace(base.experts["ada-marsh"], described=Locator("report", "causes"))
        snow = replace(base.claims["snow-melts"], locator=Locator("report", "causes"))
        other = replace(
            base,
            experts=MappingProxyType({**base.experts, ada.id: ada}),
            claims=MappingProxyType({**base.claims, snow.id: snow}),
        )
        world = await make_world(answerer=Answerer.build(other, encoder=None))
        text = world.text_of(await run(world, "expert", name="ada-marsh"))
        assert "Introduced in “The river report”, section “Causes of floods”\n" in text
        assert "📍 section “Causes of floods”\n" in text
        assert "paragraph 0" not in text

    async def test_where_no_part_is_named_none_is_told(self, make_world: MakeWorld, base: Any) -> None:
        report = replace(base.sources["report"], sections=(WHOLE,))
        ada = replace(base.experts["ada-marsh"], described=Locator("report", WHOLE.id))
        claims = {key: replace(claim, locator=Locator("report", WHOLE.id)) for key, claim in base.claims.items()}
        other = replace(
            base,
            sources=MappingProxyType({report.id: report}),
            experts=MappingProxyType({**base.experts, ada.id: ada}),
            claims=MappingProxyType(claims),
        )
        world = await make_world(answerer=Answerer.build(other, encoder=None))
        text = world.text_of(await run(world, "expert", name="ada-marsh"))
        assert "Introduced in “The river report”\n" in text
        assert "📍" not in text
        text = world.text_of(await run(world, "source"))
        assert text.rstrip().splitlines()[-2].endswith("statements in the base")

    async def test_a_name_typed_by_hand_is_enough_even_misspelt(self, world: World) -> None:
        assert "geologist" in world.text_of(await run(world, "expert", name="ada marsch"))

    async def test_an_outlet_shows_what_it_reports(self, world: World) -> None:
        assert "Melting snow" in world.text_of(await run(world, "expert", name="The Valley Herald"))

    async def test_an_unknown_name_is_told_and_cannot_ping(self, world: World) -> None:
        shown = await run(world, "expert", name="@everyone Zzyzx")
        assert shown.ephemeral
        assert "Nobody in the base goes by" in shown.content
        assert "@everyone" not in shown.content

    async def test_the_list_offers_names_but_sends_ids(self, world: World) -> None:
        choices = await world.mira.autocomplete(world.channel, "expert", "name", "mar")
        assert choices[0]["name"] == "Ada Marsh, geologist, Hill Institute"
        assert choices[0]["value"] == "ada-marsh"


class TestClaims:
    async def test_by_topic(self, world: World) -> None:
        text = world.text_of(await run(world, "claims", topic="fish"))
        assert "Statements about Fish" in text
        assert "Trout have come back" in text
        assert "Melting snow" not in text

    async def test_by_topic_and_expert(self, world: World) -> None:
        text = world.text_of(await run(world, "claims", topic="floods", expert="cy-wren"))
        assert "dam is too old" in text
        assert "Melting snow" not in text
        assert "1 statement" in text

    async def test_by_words_with_a_typo(self, world: World) -> None:
        text = world.text_of(await run(world, "claims", text="meltng snow"))
        assert "Melting snow raises" in text
        assert "1 statement" in text

    async def test_everything_for_nothing(self, world: World) -> None:
        text = world.text_of(await run(world, "claims"))
        assert "All statements" in text
        assert "4 statements" in text

    async def test_nothing_found_says_what_to_do(self, world: World) -> None:
        text = world.text_of(await run(world, "claims", text="submarine"))
        assert "Nothing in the base fits" in text
        assert "0 statements" in text

    async def test_an_unknown_topic_is_told(self, world: World) -> None:
        assert "No topic in the base goes by" in (await run(world, "claims", topic="quantum chess")).content

    async def test_topics_are_offered(self, world: World) -> None:
        choices = await world.mira.autocomplete(world.channel, "claims", "topic", "")
        assert [choice["value"] for choice in choices] == ["floods", "fish"]


class TestSource:
    async def test_title_author_period_and_sections_with_counts(self, world: World) -> None:
        text = world.text_of(await run(world, "source"))
        for piece in (
            "**The river report**",
            "By Cy Wren",
            "Date not stated; it speaks from between May and July 2020",
            "- Opening: 2 statements",
            "- Causes of floods: 2 statements",
        ):
            assert piece in text

    async def test_an_address_is_shown_where_there_is_one(self, make_world: MakeWorld, base: Any) -> None:
        source = replace(base.sources["report"], url="https://example.org/river_report", published="3 June 2020")
        other = replace(base, sources=MappingProxyType({"report": source}))
        world = await make_world(answerer=Answerer.build(other, encoder=None))
        text = world.text_of(await run(world, "source"))
        assert "https://example.org/river_report" in text
        assert "Published 3 June 2020" in text


class TestPages:
    async def test_every_claim_is_on_some_page_and_every_page_fits(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        shown = await run(world, "claims")
        texts = [world.text_of(shown)]
        with pytest.raises(Exception, match="disabled"):
            await world.mira.click(shown, label="Back")
        while "Next" in enabled(shown):
            shown = (await world.mira.click(shown, label="Next")).response
            texts.append(world.text_of(shown))
        assert all(f"Statement number {n} " in "\n".join(texts) for n in range(1, 41))
        assert all("@everyone" not in text for text in texts)
        assert f"page {len(texts)} of {len(texts)}" in texts[-1]
        back = (await world.mira.click(shown, label="Back")).response
        assert f"page {len(texts) - 1} of" in world.text_of(back)

    async def test_buttons_outlive_a_restart(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        await run(world, "claims", text="statement", public=True)
        message = world.last
        await world.restart()
        await world.mira.click(message, label="Next")
        assert "page 2 of" in world.text_of(world.fresh(message))

    async def test_others_turn_pages_of_their_own(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        await run(world, "claims", public=True)
        result = await world.tom.click(world.last, label="Next")
        assert result.response.ephemeral
        assert "page 2 of" in world.text_of(result.response)
        assert "page 1 of" in world.text_of(world.fresh(world.last))

    async def test_a_list_that_left_the_base_says_so(self, make_world: MakeWorld, huge: Any, answerer: Any) -> None:
        world = await make_world(answerer=huge)
        shown = await run(world, "expert", name="ada-marsh")
        experts = {key: value for key, value in answerer.base.experts.items() if key != "ada-marsh"}
        claims = {key: value for key, value in answerer.base.claims.items() if value.expert != "ada-marsh"}
        smaller = replace(
            answerer.base,
            experts=MappingProxyType(experts),
            claims=MappingProxyType(claims),
            entries=MappingProxyType({}),
        )
        world.services.knowledge.swap(Answerer.build(smaller, encoder=None))
        result = await world.mira.click(shown, label="Next")
        assert "no longer in the base" in result.response.content

    async def test_without_the_embed_permission_it_is_text(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        world.channel = world.guild.create_text_channel(
            "plain", overwrites={world.env.bot.user: discord.PermissionOverwrite(embed_links=False)}
        )
        shown = await run(world, "claims")
        assert not shown.embeds
        assert shown.content.startswith("**All statements**")
        assert "page 1 of" in shown.content
        assert len(shown.content) <= 2000

    def test_the_longest_search_fits_a_custom_id(self) -> None:
        query = Query(What.CLAIMS, fingerprint("a" * 60), fingerprint("b" * 60), "x" * SEARCH_TEXT)
        button = PageButton.make("Next", query, 9999, mark=">", disabled=False)
        assert len(button.custom_id) <= CUSTOM_ID
        assert button.template.fullmatch(button.custom_id)


def enabled(shown: Any) -> list[str]:
    """Labels of the buttons that can be pressed."""
    rows = shown.message.components if hasattr(shown, "message") else shown.components
    return [
        item.label
        for row in rows
        for item in row.children
        if isinstance(item, discord.Button) and not item.disabled and item.label
    ]
