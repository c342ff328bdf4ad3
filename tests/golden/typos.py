"""Questions as people type them: with slips of the fingers, and in chat spelling. The same ones for the same seed.

usage: python tests/golden/typos.py --eval FOLDER [--dev] [--task NAME] [--seed N] [--without-encoder]

Prints for each matching task in FOLDER how often the right entry comes first: for the questions as they are, with typos
and in chat spelling. --dev takes each task's folds in place of its test questions. A task is a folder with
kb.jsonl, queries.test.jsonl and gold.test.jsonl; a fold, within it, one with kb.jsonl, queries.jsonl and gold.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from golden_scoring import Share

from knowledge.derive import candidates
from knowledge.faq import load_faq
from knowledge.matching.building import build_matcher
from knowledge.matching.encoder import Encoder
from knowledge.matching.matcher import Matcher
from knowledge.matching.tools import Tools
from knowledge.matching.vectorcache import VectorCache

CACHE = Path(__file__).parents[2] / "data" / "cache-typos"

SHARE = 0.2
"""Of the words of a question, how many are mistyped; at least one is."""

_TWO_EDITS_FROM = 5  # letters: a shorter word with two edits is another word
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"[^\W\d_]{2,}")  # figures are left alone: a slip there asks something else

_CHAT = {
    "you": "u",
    "your": "ur",
    "are": "r",
    "why": "y",
    "please": "pls",
    "thanks": "thx",
    "because": "bc",
    "about": "abt",
    "people": "ppl",
    "what": "wat",
}
_PUNCTUATION = re.compile(r"(?<!\d)[.,;:!?'\"’“”()]|[.,;:!?'\"’“”()](?!\d)")
_EMOJI = ("😭", "🙏", "😅🤔", "❤️", "👍🏽", "<:think:812345678901234567>", "<a:party:812345678901234568>")
_MENTIONS = ("<@123456789012345678>", "<@!123456789012345678>", "<@&123456789012345679>")


def with_typos(text: str, seed: int = 0) -> str:
    """The text with one or two edits in about a fifth of its words; unchanged if none has two letters or more.

    An edit swaps two letters, drops one, doubles one or hits a key beside the one that was meant.
    """
    rng = random.Random(f"typos {seed} {text}")
    places = [match.span() for match in _WORD.finditer(text)]
    number = min(len(places), max(1, round(SHARE * len(text.split()))))
    for start, end in sorted(rng.sample(places, number), reverse=True):
        text = text[:start] + _mistyped(text[start:end], rng) + text[end:]
    return text


def _mistyped(word: str, rng: random.Random) -> str:
    out = word
    for _ in range(rng.choice((1, 2)) if len(word) >= _TWO_EDITS_FROM else 1):
        out = _edited(out, rng)
    return out if out != word else _edited(word, rng)  # two edits can undo each other


def _edited(word: str, rng: random.Random) -> str:
    """The word with one edit that shows: swapping equal letters would not."""
    at = rng.randrange(len(word))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    edits = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    edits += [swapped] if swapped != word else []
    edits += [word[:at] + rng.choice(beside) + word[at + 1 :]] if (beside := neighbours(word[at])) else []
    return rng.choice(edits)


def neighbours(letter: str) -> str:
    """The letters on the keys around one, in its own case; none for a letter that is on no key."""
    for number, row in enumerate(_KEYS):
        at = row.find(letter.lower())
        if letter and at >= 0:
            around = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            # Each row lies half a key to the right of the one above.
            around += _KEYS[number - 1][at : at + 2] if number else ""
            around += _KEYS[number + 1][max(0, at - 1) : at + 1] if number + 1 < len(_KEYS) else ""
            return around.upper() if letter.isupper() else around
    return ""


def as_chat(text: str, seed: int = 0) -> str:
    """The text as typed in a chat: a mention in front, short forms, no capitals or punctuation, emoji at the end.

    One word has its last letter once to three times more.
    """
    rng = random.Random(f"chat {seed} {text}")
    words = [_CHAT.get(word, word) for word in _PUNCTUATION.sub("", text).lower().split()]
    if "pls" not in words and rng.random() < 0.5:
        words.append("pls")
    long = [at for at, word in enumerate(words) if len(word) > 2 and word.isalpha()]
    if long:
        at = rng.choice(long)
        words[at] += words[at][-1] * rng.randint(1, 3)
    return " ".join([rng.choice(_MENTIONS), *words, rng.choice(_EMOJI)])


@dataclass(frozen=True, slots=True)
class Task:
    """A base with the questions that it answers, each with the ids of the entries that are right."""

    name: str
    kb: Path
    asked: tuple[tuple[str, frozenset[str]], ...]


def tasks(folder: Path, *, dev: bool) -> Iterator[Task]:
    """The tasks of a folder by name, or their folds."""
    end = "" if dev else ".test"
    for gold in sorted(folder.glob(f"{'*/dev*' if dev else '*'}/gold{end}.jsonl")):
        right = {row["qid"]: frozenset[str](row["gold"]) for row in _rows(gold)}
        queries = _rows(gold.with_name(f"queries{end}.jsonl"))
        asked = tuple((row["text"], right[row["qid"]]) for row in queries if right[row["qid"]])
        yield Task(gold.parent.relative_to(folder).as_posix(), gold.with_name("kb.jsonl"), asked)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def first_right(matcher: Matcher, asked: Iterable[tuple[str, frozenset[str]]], typed: Callable[[str], str]) -> Share:
    """How often the first candidate is a right one, for questions as they are typed."""
    hits = [matcher.rank(typed(text)).ranking[0].candidate.subject in right for text, right in asked]
    return Share(sum(hits), len(hits))


def main() -> None:
    """Print the table, or why there is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True, metavar="FOLDER", help="a folder with matching tasks")
    parser.add_argument("--dev", action="store_true", help="the folds of each task, not its test questions")
    parser.add_argument("--task", default="", metavar="NAME", help="this one only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-encoder", action="store_true")
    arguments = parser.parse_args()
    found = [t for t in tasks(arguments.eval, dev=arguments.dev) if arguments.task in ("", t.name.split("/")[0])]
    if not found:
        print(f"skipped: {arguments.eval} holds no such task, that is, no folder with kb.jsonl, queries and gold")
        return
    encoder, tools = None if arguments.without_encoder else Encoder.bundled(), Tools()
    for task in found:
        base, cache = load_faq(task.kb), VectorCache(CACHE / task.name)
        matcher = build_matcher(base, candidates(base), encoder=encoder, cache=cache, tools=tools)
        plain = first_right(matcher, task.asked, lambda text: text)
        print(f"{task.name}\n  as they are    {plain}", flush=True)
        for name, typed in (("with typos", with_typos), ("chat spelling", as_chat)):
            share = first_right(matcher, task.asked, lambda text, typed=typed: typed(text, arguments.seed))
            print(f"  {name:14} {share}, {share.rate - plain.rate:+.3f}", flush=True)


if __name__ == "__main__":
    main()
