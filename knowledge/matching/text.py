"""What every part of matching sees of a text: normalised characters, words, stems.

Normalising is the same for phrasings and questions, so that chat spelling, case, punctuation and
invisible characters never decide which entry is found.
"""

from __future__ import annotations

import importlib
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

# Mentions (<@1>, <@!1>, <@&1>, <#1>), custom emoji (<:name:1>, <a:name:1>) and links carry no words.
_MARKUP = re.compile(r"<(?:@[!&]?|#|a?:\w{1,32}:)\d{1,20}>|https?://\S+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# The pronoun is hardly ever written in capitals; in small letters "the us" and "us officials" tell.
_AMERICA = re.compile(
    r"\b(?:U\.S\.A?\.?|USA?(?![A-Za-z])|usa\b|(?<=the )us\b|us(?= (?:officials?|government|policy|foreign|"
    r"intelligence|navy|army|military|defen[cs]e|president|think|spy|role|troops)\b))"
)
# Letters only: 1999 and 2000 are no emphasis.
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_QUOTES = str.maketrans(dict(zip("’‘ʼ`´“”„‑", "'''''\"\"\"-", strict=True)))

# Chat spelling that is not a typo of the word it stands for.
_CHAT = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "pls": "please",
    "plz": "please",
    "thx": "thanks",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "abt": "about",
    "w": "with",
    "wat": "what",
    "wut": "what",
    "wot": "what",
    "whats": "what is",
    "whos": "who is",
    "wheres": "where is",
    "hows": "how is",
    "wht": "what",
    "wich": "which",
    "ppl": "people",
    "govt": "government",
    "gov": "government",
    "prez": "president",
    "yrs": "years",
    "yr": "year",
    "tho": "though",
    "rn": "right now",
    "btw": "by the way",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "cant": "cannot",
    "gonna": "going to",
    "wanna": "want to",
    "gimme": "give me",
    "lemme": "let me",
    "idk": "i do not know",
}

# Words that say how something is asked, not what about: function words and question scaffolding.
FUNCTION_WORDS = frozenset(
    """
    a about according actually after again all also am an and any anybody anyone anything anyway are arent
    article as ask at  basically be because been before being between bit both bro but by came can cannot
    cant claim claims come could couldnt describe did didnt do does doesnt doing done dont dr dude each either
    else ever every everybody everyone everything exactly explain find for from get give given go going good got
    guys had has hasnt have havent having he heard hello help her here hes hey hi him his hmm honest honestly
    how i id if ill im in info information into is isnt it its itself ive just kinda know known let lets like
    list lol lot made make makes many may maybe me mean means mention mentioned might mine more most mr mrs ms
    much must my need no nobody not now of off ok on one only or other others our out over own people person
    piece please put question quick quickly quite quote quoted read really recall regarding remember right
    roughly said same say saying says see seen sentence shall she shes should shouldnt show sir so some somebody
    somehow someone something sort source states still stuff such summarise summarize summary take tbh tell text
    than thank thanks that thats the their them then there theres these they theyre thing things think thinks
    this those though thought through to too took under until up upon us use used very view views was wasnt way
    we well went were werent what whatever whats when where whether which while who whoever whom whos whose why
    will with within without wondering would wouldnt write writes yes yet yo you your youre
    """.split()
)


def clean(text: str) -> str:
    """The text without invisible characters, mentions and links, in NFKC, spaces squeezed."""
    text = unicodedata.normalize("NFKC", _MARKUP.sub(" ", text)).translate(_QUOTES)
    if not text.isprintable():  # asked first: letter by letter is slow, and hardly any text needs it
        text = "".join(ch if unicodedata.category(ch)[0] != "C" else " " if ch.isspace() else "" for ch in text)
    return " ".join(text.split())


def normalise(text: str) -> str:
    """Lower case, chat spelling written out, "US" told from "us", letters repeated for emphasis folded."""
    plain = clean(text)
    if plain.isupper() and plain.count(" ") > 1:  # all in capitals, these tell nothing about "US"
        plain = plain.casefold()
    folded = _AMERICA.sub("america", plain).casefold().split(" ")
    if _REPEATED.search(plain.casefold()):
        folded = [_calm(word) for word in folded]
    return " ".join(_CHAT.get(word.strip("?!.,;:"), word) for word in folded)


def _calm(word: str) -> str:
    """A word without letters repeated for emphasis: "whyyy" is "why", of others two stay ("looong", "hellllo")."""
    once = _REPEATED.sub(r"\1", word)
    plain = once.strip("?!.,;:")
    return once if plain in FUNCTION_WORDS or plain in _CHAT else _REPEATED.sub(r"\1\1", word)


def words(text: str) -> list[str]:
    """The words of a normalised text in order, possessive endings dropped."""
    return [word.removesuffix("'s").replace("'", "") for word in _WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """The words that say what a normalised text is about, in order, each once."""
    return list(dict.fromkeys(word for word in words(text) if word not in FUNCTION_WORDS and len(word) > 1))


class Stemmer:
    """English word stems (Porter's Snowball algorithm), remembered. Thread-safe."""

    def __init__(self) -> None:
        library: Any = importlib.import_module("snowballstemmer")  # untyped, and slow to import
        stem: Callable[[str], str] = library.stemmer("english").stemWord
        # It keeps the word that it works on: of two threads one would fail, or remember a wrong stem for good.
        one_at_a_time = threading.Lock()

        def worked_out(word: str) -> str:
            with one_at_a_time:
                return stem(word)

        self._stem = lru_cache(maxsize=50_000)(worked_out)

    def __call__(self, word: str) -> str:
        """The stem of a lower-case word."""
        return self._stem(word)
