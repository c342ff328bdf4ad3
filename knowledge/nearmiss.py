"""A question about somebody whom the base knows, on something that it does not have from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.reading import Reading
from knowledge.matching.text import clean, normalise
from knowledge.model import KnowledgeBase

MAX_WORDS = 6
_LONGEST = 40  # characters; what is longer is no word

_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CONTRACTED = re.compile(r"(?<=\w)'(?!s\b)\w")

# Words about the asking, not about what is asked: "the base has nothing from NAME on “opinion”" tells nobody anything.
_ASKING = frozenset(
    """
    advise angle answer argue aware belief believe beef buy check comment concern define describe discuss dude feel fill
    gap gets guess guy idea line mind name opinion ping per point position reading reckon recommend reply sentence
    stance take talk talked term test thought topics want word words
    """.split()
)

_OVERVIEW_FIRST = (CandidateKind.SAID, CandidateKind.ENTRY, CandidateKind.CLAIM, CandidateKind.WHO)


def as_asked(question: str, unheld: Collection[str], read: Callable[[str], Reading]) -> tuple[str, ...]:
    """The words of a question among `unheld`, as they were written, in order and at most MAX_WORDS.

    Words that stand side by side are one phrase. `read` is how the base reads a text; words about the asking are
    left out.
    """
    wanted = set(unheld) - _ASKING
    phrases: list[list[str]] = []
    room, last = MAX_WORDS, -2
    for at, (token, meant) in enumerate(_aligned(clean(question))):
        content = read(meant).content
        found = wanted.intersection(content)
        if not found or _CONTRACTED.search(token) or (len(token) < 3 and token.islower()):
            continue
        # Of "Marsh/Trump" only what is meant; "treaty-based" stays whole.
        pieces = [token] if found.issuperset(content) else _pieces(token, found, read)
        shown = [word for word in (_EDGE.sub("", piece) for piece in pieces) if 0 < len(word) <= _LONGEST][:room]
        if not shown:
            continue
        wanted -= found
        room -= len(shown)
        if last == at - 1 and pieces == [token]:
            phrases[-1] += shown
        else:
            phrases.append(shown)
        # Punctuation ends a phrase.
        last = at if token[-1].isalnum() else -2
        if not room:
            break
    return tuple(" ".join(phrase).removesuffix("'s") for phrase in phrases)


def voiced(base: KnowledgeBase, candidate: Candidate, expert: str) -> bool:
    """Whether an expert stands behind a candidate, or is whom it describes."""
    return _is_of(candidate, expert) or _behind(base, candidate, expert) > 0


def own_questions(
    base: KnowledgeBase, ranked: Iterable[Candidate], others: Iterable[Candidate], expert: str, limit: int
) -> list[Candidate]:
    """Of an expert's own candidates the best ranked, then of the others the overview, entries, claims; each told once.

    What rests mostly on other people's claims is not the expert's own, nor is a topic.
    """

    def own(candidate: Candidate) -> bool:
        theirs = _behind(base, candidate, expert)
        mostly = theirs > 0 and 2 * theirs >= len(candidate.claims)
        return candidate.kind in _OVERVIEW_FIRST and (mostly or _is_of(candidate, expert))

    rest = sorted(filter(own, others), key=lambda candidate: _OVERVIEW_FIRST.index(candidate.kind))
    chosen: list[Candidate] = []
    for candidate in (*filter(own, ranked), *rest):
        if len(chosen) == limit:
            break
        if not any(tell_the_same(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def tell_the_same(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates are one question or rest on the same claims.

    Who somebody is and all that they say rest on the same, but are two things to ask.
    """
    described = CandidateKind.WHO in (one.kind, other.kind)
    same = bool(one.claims) and set(one.claims) == set(other.claims)
    return one.question == other.question or (same and not described)


def _is_of(candidate: Candidate, expert: str) -> bool:
    """Whether it is what an expert says or who they are; an institution's own may rest on its people's claims."""
    return candidate.kind in (CandidateKind.SAID, CandidateKind.WHO) and candidate.subject == expert


def _behind(base: KnowledgeBase, candidate: Candidate, expert: str) -> int:
    """How many of a candidate's claims an expert makes or passes on."""
    claims = (base.claims[claim] for claim in candidate.claims)
    return sum(expert in (claim.expert, claim.reported_by) for claim in claims)


def _aligned(text: str) -> list[tuple[str, str]]:
    """Each word of a cleaned text as written, with what normalising makes of it where it stands."""
    tokens, normal = text.split(), normalise(text).split(" ")
    aligned: list[tuple[str, str]] = []
    at = 0
    for token in tokens:
        size = len(normalise(token).split(" "))
        aligned.append((token, " ".join(normal[at : at + size])))
        at += size
    return aligned


def _pieces(token: str, found: Collection[str], read: Callable[[str], Reading]) -> list[str]:
    return [piece for piece in _PIECE.findall(token) if any(word in found for word in read(piece).content)]
