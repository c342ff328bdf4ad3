"""What is known of the language, whatever the base: word lists, places, word vectors."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from knowledge.matching.lexicon import Lexicon
from knowledge.matching.places import Places
from knowledge.matching.text import Stemmer, normalise
from knowledge.matching.wordvectors import WordVectors


class Tools:
    """What reading and indexing need whatever the base: opened once, shared by all indexes."""

    def __init__(self) -> None:
        self.lexicon = Lexicon.bundled()
        self.places = Places.bundled()
        self.words = WordVectors.bundled()
        self.stem = Stemmer()
        # Every change of a server's knowledge reads all of its texts anew. What people ask is not remembered here.
        self.normal = lru_cache(maxsize=20_000)(normalise)
        text = (resources.files("knowledge.matching") / "elsewhere.txt").read_text(encoding="utf-8")
        self.elsewhere = tuple(line for line in text.splitlines() if line)
