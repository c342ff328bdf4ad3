"""An answer as a reader sees it, and within Discord's limits whatever the base holds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from handlers import limits
from handlers.asking import notice
from handlers.components import reply_view
from handlers.render import embed_of, render, source_pages
from knowledge.answerer import Answerer
from knowledge.answers import Answer, Outcome, Suggestion
from knowledge.model import WHOLE

if TYPE_CHECKING:
    import discord

FLOOD = "Why does the river flood every spring?"


@pytest.fixture
def flood(answerer: Answerer) -> Answer:
    answer = answerer.open("entry:why-floods", asked="why river flood")
    assert answer is not None
    return answer


@pytest.fixture
def everything(huge: Answerer) -> Answer:
    answer = huge.open("entry:all")
    assert answer is not None
    return answer


def shown(embed: discord.Embed) -> str:
    fields = [f"{item.name}\n{item.value}" for item in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


def test_a_reply_says_everything_it_rests_on(flood: Answer) -> None:
    embed = embed_of(flood)
    assert embed.title == FLOOD
    assert embed.description is not None
    assert embed.description.split("\n\n")[:2] == [
        "*That is how I understood your question.*",
        "Because the snow melts quickly and the dam is old.",
    ]
    assert [item.name for item in embed.fields] == [
        "Ada Marsh, geologist, Hill Institute",
        "Cy Wren, author of the report",
        "Source",
    ]
    assert embed.fields[0].value == (
        "Melting snow raises the river every spring.\n"
        "> “the snow comes down all at once”\n"
        "*reported by The Valley Herald, newspaper*\n"
        "📍 section “Causes of floods”, paragraph 2\n"
        "*Note: The report does not say which winter is meant.*"
    )
    assert embed.fields[1].value == "The dam is too old to hold a high flood.\n📍 Opening, paragraph 1"
    assert "“The river report” by Cy Wren" in (embed.fields[2].value or "")
    assert embed.footer.text == f"How sure: {flood.sureness}"
    assert " " not in flood.sureness


def test_where_no_part_of_a_source_is_named_there_is_no_line_for_it(flood: Answer) -> None:
    snow, dam = (replace(claim, section=WHOLE, paragraph=0) for claim in flood.attributions)
    assert "📍" not in shown(embed_of(replace(flood, attributions=(snow, dam))))
    # The answer's own words are not said twice, and Discord takes no field without any.
    alone = replace(dam, text=flood.body, note="", quote="")
    (who, _) = embed_of(replace(flood, attributions=(alone,))).fields
    assert who.value == "📍 “The river report”"


def test_a_fuzzy_match_says_which_question_was_understood(flood: Answer) -> None:
    assert embed_of(flood).title == flood.understood
    assert "That is how I understood your question." in shown(embed_of(flood))
    exact = replace(flood, understood="")
    assert "understood" not in shown(embed_of(exact))


@pytest.mark.parametrize("embeds", [True, False])
def test_what_else_was_asked_is_told_and_does_nothing(flood: Answer, embeds: bool) -> None:
    line = "You asked two things: this answers “**why** @everyone <@1> [x](https://example.org)”. The other is below."
    other = Suggestion("entry:pike", "Are pike becoming rare in the river?")
    rendered = render(replace(flood, besides=line, related=(other, *flood.related)), embeds=embeds)
    text = rendered.content if rendered.embed is None else shown(rendered.embed)
    assert "You asked two things: this answers “\\*\\*why\\*\\* @\u200beveryone \\<@\u200b1\\> \\[x\\]" in text
    assert "”. The other is below." in text
    assert text.index("The other is below.") < text.index("Because the snow melts")
    select: Any = rendered.view.to_components()[-1]["components"][0]  # type: ignore[index]
    assert select["options"][0]["value"] == "entry:pike"


def test_words_about_time_carry_the_articles_present(flood: Answer) -> None:
    assert flood.caveat
    assert flood.caveat.split("(")[0].strip() in shown(embed_of(flood))


def test_a_claim_that_is_the_answer_is_not_said_twice(answerer: Answerer) -> None:
    answer = answerer.open("claim:trout-return")
    assert answer is not None
    assert shown(embed_of(answer)).count("Trout have come back") == 1


def test_a_huge_answer_keeps_to_every_limit_and_says_how_much_more_there_is(everything: Answer) -> None:
    embed = embed_of(everything, heading="Asked: " + "x" * 400)
    assert len(embed) <= limits.EMBED_TOTAL
    assert len(embed.title or "") <= limits.EMBED_TITLE
    assert len(embed.description or "") <= limits.EMBED_DESCRIPTION
    assert len(embed.author.name or "") <= limits.EMBED_AUTHOR
    assert len(embed.fields) <= limits.EMBED_FIELDS
    for item in embed.fields:
        assert 1 <= len(item.name or "") <= limits.EMBED_FIELD_NAME
        assert 1 <= len(item.value or "") <= limits.EMBED_FIELD_VALUE
    assert re.search(r"\d+ more statements: press \*Sources\*", shown(embed))
    assert "“The river report”" in (embed.fields[-1].value or "")


def test_a_cut_claim_keeps_who_and_where(everything: Answer) -> None:
    value = embed_of(everything).fields[0].value or ""
    assert "reported by The Valley Herald" in value
    assert "paragraph 1" in value
    assert "…”" in value or "…*" in value


def test_the_plain_form_is_cut_with_a_way_to_the_rest(everything: Answer) -> None:
    rendered = render(everything, embeds=False, lead="<@1>")
    assert rendered.embed is None
    assert len(rendered.content) <= limits.MESSAGE_CONTENT
    assert rendered.content.endswith("The rest is behind *Sources*.")
    assert rendered.content.startswith("<@1>\n\n")


def test_the_pages_hold_everything(everything: Answer) -> None:
    pages = source_pages(everything)
    assert all(len(page) <= limits.MESSAGE_CONTENT - 50 for page in pages)
    whole = "\n".join(pages)
    for n in range(1, 41):
        assert f"Statement number {n} " in whole
        assert f"quoted {n} " in whole
        assert f"unclear {n} " in whole
        assert f"paragraph {n}\n" in whole + "\n"


@pytest.mark.parametrize("embeds", [True, False])
def test_nobodys_words_ping_or_format(everything: Answer, embeds: bool) -> None:
    rendered = render(everything, embeds=embeds)
    text = rendered.content if rendered.embed is None else shown(rendered.embed)
    text += "\n".join(source_pages(everything))
    assert "@everyone" not in text
    assert "<@1>" not in text
    assert not re.search(r"(?<!\\)\*\*bold", text)
    assert not re.search(r"(?<!\\)\]\(https", text)
    assert not re.search(r"(?<!\\)\|\|spoiler", text.replace("\\|\\|", ""))
    assert "(?<!\\)`code" not in text


def labels(answer: Answer, **how: bool) -> list[str]:
    view = reply_view(answer, **how)
    return [item.item.label for item in view.children if hasattr(getattr(item, "item", None), "label")]  # type: ignore[attr-defined]


def test_what_hangs_under_each_kind_of_reply(flood: Answer) -> None:
    assert labels(flood) == ["Helpful", "Not helpful", "Sources", "Wrong or incomplete", "Remove"]
    assert labels(flood, removable=False) == ["Helpful", "Not helpful", "Sources", "Wrong or incomplete"]
    # Where there are no moderators nobody could look at it.
    assert labels(flood, correctable=False) == ["Helpful", "Not helpful", "Sources", "Remove"]
    assert labels(notice("Something.")) == ["Remove"]
    suggest = Answer(Outcome.SUGGEST, "", "Which?", 0.2, suggestions=(Suggestion("entry:a", "A?"),))
    assert labels(suggest) == ["A?", "None of these", "Remove"]
    assert labels(replace(suggest, outcome=Outcome.CHITCHAT)) == ["A?", "Remove"]


def test_long_suggestions_are_cut_on_buttons_and_whole_above_them() -> None:
    question = "Why " + "very " * 38 + "much?"
    answer = Answer(Outcome.SUGGEST, "", "Which?", 0.2, suggestions=(Suggestion("entry:" + "a" * 60, question),))
    assert all(len(label) <= limits.BUTTON_LABEL for label in labels(answer))
    assert question in shown(embed_of(answer))


def test_views_keep_to_discords_limits(everything: Answer, answerer: Answerer) -> None:
    many = tuple(Suggestion("entry:" + f"{n:02}" + "a" * 58, "x" * 200) for n in range(30))
    for answer in (
        everything,
        replace(everything, related=many, suggestions=many, candidate_id="entry:" + "a" * 74),
        answerer.help_answer(),
    ):
        view = reply_view(answer)
        rows: list[Any] = view.to_components()
        assert len(rows) <= 5
        for row in rows:
            items: list[Any] = row["components"]
            assert len(items) <= 5
            for item in items:
                assert len(item["custom_id"]) <= limits.CUSTOM_ID
                assert len(item.get("label") or "") <= limits.BUTTON_LABEL
                assert len(item.get("options", [])) <= limits.SELECT_OPTIONS
                for option in item.get("options", []):
                    assert 1 <= len(option["label"]) <= 100
                    assert len(option["value"]) <= 100
                    assert len(option.get("description") or "") <= 100
