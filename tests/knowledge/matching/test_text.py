"""However a message is typed, the same words are seen in it."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.matching.text import Stemmer, clean, content_words, normalise, words


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("  why \n  now ", "why now"),
        ("<@123> <@!123> <@&5> <#7> <:ok:9> <a:wave:9> why", "why"),
        ("see https://example.org/a?b=c now", "see now"),
        ("wh\u200by\u00ad \u202enow\x00", "why now"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "Full width"),
        ("“quoted” ‘single’ it’s", "\"quoted\" 'single' it's"),
        ("a < b and c > d", "a < b and c > d"),
        ("<@notanumber>", "<@notanumber>"),
        ("", ""),
    ],
)
def test_what_carries_no_words_is_left_out(raw: str, seen: str) -> None:
    assert clean(raw) == seen


@pytest.mark.parametrize(
    ("chat", "plain"),
    [
        ("y r u here", "why are you here"),
        ("WHATS that", "what is that"),
        ("tell me abt it plz!", "tell me about it please"),
        ("soooooo looong", "so loong"),
        ("whyyyy, plzzz hellllo", "why, please hello"),
        ("WHO is it", "who is it"),
        ("", ""),
    ],
)
def test_chat_spelling_is_written_out(chat: str, plain: str) -> None:
    assert normalise(chat) == plain


@pytest.mark.parametrize(
    "text",
    ["the US", "the U.S.", "the USA", "the usa", "the U.S.A.", "the us", "what does the US do?", "US", "us officials"],
)
def test_the_country_is_told_from_the_pronoun(text: str) -> None:
    assert "america" in words(normalise(text))


@pytest.mark.parametrize(
    "text", ["tell us about it", "help us", "use it", "Used", "USE", "TELL US ABOUT IT", "DO THEY USE IT USUALLY"]
)
def test_the_pronoun_is_told_from_the_country(text: str) -> None:
    assert "america" not in normalise(text)


def test_shouting_about_the_country_is_understood() -> None:
    assert normalise("WHAT DOES THE US THINK") == "what does the america think"


def test_normalising_twice_changes_nothing() -> None:
    for text in ("y r u here", "the US & the U.S.A.", "“It’s sooooo FAR”", "whats up"):
        assert normalise(normalise(text)) == normalise(text)


def test_words_lose_punctuation_and_possessives() -> None:
    assert words("kofman's view, of missiles (37) and don't") == [
        "kofman",
        "view",
        "of",
        "missiles",
        "37",
        "and",
        "dont",
    ]
    assert words("?! …") == []


def test_content_words_say_what_about_each_once() -> None:
    assert content_words("what does the article say about energy and gas and energy") == ["energy", "gas"]
    assert content_words("who is it?") == []


def test_stems_bring_forms_of_a_word_together() -> None:
    stem = Stemmer()
    assert stem("alliances") == stem("alliance")
    assert stem("exercises") == stem("exercise")
    assert stem("trust") != stem("trade")


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that hand over to each other all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_several_threads_find_the_same_stems_as_one() -> None:
    endings = ("s", "ing", "ed", "ational", "iveness", "fulness", "ly", "ies", "ement", "'s", "isation")
    chance = random.Random(1)
    made = ["".join(chance.choices("abcdeiorstlnm", k=chance.randint(3, 9))) for _ in range(400)]
    texts = [f"{word}{ending}" for word in made for ending in endings]
    alone = [*map(Stemmer(), texts)]
    shared = Stemmer()
    with ThreadPoolExecutor(4) as pool:
        at_once = [pool.submit(lambda: [shared(word) for word in texts]) for _ in range(4)]
        assert [found.result() for found in at_once] == [alone] * 4
