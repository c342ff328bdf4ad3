"""The buttons and the select under the whole bot's replies, over the wire."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterable, Iterator

import pytest
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    STRENGTH,
    Running,
    ask,
    pinged,
    replies_to,
    text_of,
    title_of,
)

from bot.local.jsontypes import Json, as_objects
from bot.local.person import Person, describe_components, find_component, is_ephemeral
from knowledge.answerer import Policy

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot")]


@pytest.fixture
def unsure(citebot: Running) -> Iterator[None]:
    """The same base, but never sure enough to answer: every question gets suggestions."""
    knowledge = citebot.services.knowledge
    before = knowledge.current()
    hesitant = copy.copy(before)
    hesitant.policy = Policy(wrong_costs=1e9, suggest_at=0.0)
    knowledge.swap(hesitant)
    yield
    knowledge.swap(before)


def suggestions(message: Json) -> list[str]:
    """The labels of the buttons that stand for questions."""
    return [label for label in describe_components(message) if label not in ("None of these", "Remove")]


async def test_votes_are_counted_once_a_person_and_may_change(citebot: Running, mira: Person, sam: Person) -> None:
    reply = await ask(mira, CONTAINMENT)
    thanks = await mira.response(await mira.press(reply, "Helpful"))
    assert "Counted as helpful" in text_of(thanks)
    assert is_ephemeral(thanks)
    assert "I have that already" in text_of(await mira.response(await mira.press(reply, "Helpful")))
    assert "Counted as helpful" in text_of(await sam.response(await sam.press(reply, "Helpful")))
    assert "changed to not helpful" in text_of(await mira.response(await mira.press(reply, "Not helpful")))
    tally = await citebot.services.store.tally("entry:effect-of-containment")
    assert (tally.helpful, tally.unhelpful) == (1, 1)
    assert mira.latest(reply) == reply  # nobody sees from the reply how others voted


async def test_the_sources_are_for_the_one_who_asks_for_them(mira: Person, sam: Person) -> None:
    reply = await ask(mira, IDEOLOGY)
    sources = await sam.response(await sam.press(reply, "Sources"))
    assert is_ephemeral(sources)
    assert "Kadri Liik" in text_of(sources)
    assert "“Beijing and Moscow are forging closer ties" in text_of(sources)
    assert "**Source:** “China and Russia: between partnership and competition”" in text_of(sources)
    await ask(mira, FRANCE)
    assert mira.latest(sources) is None


async def test_long_sources_have_pages(mira: Person) -> None:
    reply = await mira.response(await mira.run("general", "ask", question="topic:sources-of-tension"))
    first = await mira.response(await mira.press(reply, "Sources"))
    assert "Page 1 of" in text_of(first)
    assert find_component(first, "Back")["disabled"]
    await mira.press(first, "Next")
    second = await mira.changed(first, lambda message: "Page 2 of" in text_of(message))
    await mira.press(second, "Back")
    again = await mira.changed(first, lambda message: "Page 1 of" in text_of(message))
    assert text_of(again) == text_of(first)


async def test_a_related_question_is_answered_to_the_curious_alone(mira: Person, sam: Person) -> None:
    reply = await ask(mira, IDEOLOGY)
    related = find_component(reply, "cite:related")["options"]
    chosen = as_objects(related)[0]
    answer = await sam.response(await sam.choose(reply, chosen["value"]))
    assert title_of(answer) == chosen["label"]
    assert is_ephemeral(answer)
    assert "Remove" not in describe_components(answer)
    # What only its reader sees can be voted on and asked about all the same.
    assert "Counted" in text_of(await sam.response(await sam.press(answer, "Helpful")))
    assert is_ephemeral(await sam.response(await sam.press(answer, "Sources")))


@pytest.mark.usefixtures("unsure")
async def test_the_asker_chooses_a_suggestion_and_the_reply_becomes_its_answer(mira: Person, sam: Person) -> None:
    # In words of its own: what a phrasing says word for word leaves nothing to choose.
    question = await mira.say("general", f"{mira.bot_mention} how much weight has ideology between them")
    reply = await mira.answer_to(question)
    offered = suggestions(reply)
    assert 2 <= len(offered) <= 3
    curious = await sam.response(await sam.press(reply, offered[1]))
    assert is_ephemeral(curious)
    assert title_of(curious) == offered[1]
    await mira.press(reply, offered[0])
    answered = await sam.changed(reply, lambda message: "Sources" in describe_components(message))
    assert title_of(answered) == offered[0]
    assert len(replies_to(mira, question)) == 1
    assert pinged(answered) == []
    # It is an answer like any other: a vote counts for the question that was chosen.
    assert "Counted" in text_of(await mira.response(await mira.press(answered, "Helpful")))


@pytest.mark.usefixtures("unsure")
async def test_none_of_these_is_for_the_asker_to_say(mira: Person, sam: Person) -> None:
    reply = await ask(mira, IDEOLOGY)
    refused = await sam.response(await sam.press(reply, "None of these"))
    assert "Only the person who asked" in text_of(refused)
    await mira.press(reply, "None of these")
    changed = await mira.changed(reply, lambda message: "None of these, then" in text_of(message))
    assert describe_components(changed) == ["Remove"]


async def test_only_the_asker_and_moderators_remove_a_reply(citebot: Running, mira: Person, sam: Person) -> None:
    theirs = await ask(sam, STRENGTH)
    refused = await mira.response(await mira.press(theirs, "Remove"))
    assert is_ephemeral(refused)
    assert "Only the person who asked and the moderators" in text_of(refused)
    assert mira.latest(theirs) is not None
    await sam.press(theirs, "Remove")
    await mira.gone(theirs)
    own = await ask(mira, STRENGTH)
    await mira.press(own, "Remove")
    await mira.gone(own)
    moderated = await ask(mira, IDEOLOGY)
    await sam.press(moderated, "Remove")
    await mira.gone(moderated)
    await ask(mira, FRANCE)
    # People see a reply go before the database has forgotten it.
    async with asyncio.timeout(10):
        for message in (theirs, own, moderated):
            while await citebot.services.store.reply(int(message["id"])) is not None:  # noqa: ASYNC110  the database wakes nobody
                await asyncio.sleep(0.02)


async def test_both_who_asked_and_who_was_answered_may_remove_an_answer(mira: Person, sam: Person) -> None:
    options = {"question": STRENGTH, "for": mira.me["id"]}
    first = await sam.response(await sam.run("general", "ask", **options))
    await mira.changed(first, lambda message: title_of(message) == STRENGTH)
    await mira.press(first, "Remove")
    await sam.gone(first)
    second = await mira.response(await mira.run("general", "ask", **{"question": STRENGTH, "for": sam.me["id"]}))
    await mira.press(second, "Remove")
    await sam.gone(second)


async def test_buttons_in_a_direct_message(mira: Person) -> None:
    reply = await mira.answer_to(await mira.say("dm", IDEOLOGY))
    assert title_of(reply) == IDEOLOGY_TITLE
    assert "Kadri Liik" in text_of(await mira.response(await mira.press(reply, "Sources")))
    await mira.press(reply, "Remove")
    await mira.gone(reply)


async def test_every_request_follows_discords_description(
    citebot: Running, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = await citebot.requests()
    assert len(sent) > 30
    assert [item for item in sent if item["status"] >= 400] == []
    assert discord_contract(sent) == []
