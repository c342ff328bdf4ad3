"""Several questions in one message, told apart where that is safe."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.matching.text import clean, content_words, normalise

MAX_PARTS = 3

_BULLET = re.compile(r"^\s*(?:[-*•>]|\(?\d{1,2}[.)])\s+")
_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”|«[^«»]*»|\([^()]*\)')
_ENDED = re.compile(r"(?<![?!])!*+\?[?!]*+(?=\s|$)")
_CLOSED = re.compile(r"[.!…:;]$")

_LINK = r"(?:and|also|plus|so|then|but|ok|okay|hey|hi|hello|well|&)[\s,]+"
_VERB = (
    r"(?:am|are|is|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|isn't|aren't|wasn't|"
    r"doesn't|don't|didn't|can't|won't)"
)
_WH = rf"(?:whose|whom|which|why|y|(?:who|what|how)'?s?|(?:when|where)(?:'?s|\s+{_VERB}))"
_TELL = r"(?:(?:please|pls)\s+)?(?:tell me|explain|describe|summari[sz]e|list)"
_OPENS = re.compile(rf"^(?:{_LINK}){{0,2}}(?:{_WH}|{_VERB}|{_TELL})\b", re.IGNORECASE)
_OPENS_LINE = re.compile(rf"^(?:{_LINK}){{0,2}}(?:{_WH}|{_TELL})\b", re.IGNORECASE)
# "And Liik?", "What about space?": nothing without the question before it.
_LEANS = re.compile(
    rf"^(?:(?:and|or|but|plus|also|&)\s+(?!(?:{_LINK})?(?:{_WH}|{_VERB}|{_TELL})\b)|(?:{_LINK})?(?:what|how)\s+about\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=\w{3}[.!])\s+")
_AND = re.compile(
    r"(?<!\s),?\s++(?:and|&|plus)\s++(?=(?:also\s+|then\s+)?(?:who|what|when|where|why|how)\b)", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|him|his|her|hers)(?:'s)?\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|them|their|theirs|that|this|these|those|one|ones)\b", re.IGNORECASE)


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a message in order, cleaned, at most MAX_PARTS; the whole message where it is one.

    Questions end with "?", stand on lines of their own or are joined by "and who", "and why" and so on. What is said
    before one is left off unless it leans on that; a piece that asks nothing by itself stays with its neighbour.
    """
    pieces = [part for piece in _joined(_segments(text)) for part in _clauses(piece)]
    if len(pieces) < 2:
        return (clean(text),)
    return tuple(_without_context(piece) for piece in pieces[:MAX_PARTS])


def about(question: str, name: str) -> str:
    """A question in which "he" or "she" is somebody by name, for matching; unchanged where it names nobody so."""
    return _PERSON.sub(lambda _: name, question)


def speaks_of_somebody(question: str) -> bool:
    """Whether a question says "he", "she" and the like, and so leans on a name before it."""
    return _PERSON.search(question) is not None


def _segments(text: str) -> list[str]:
    """Questions and what stands between them, in order: cut at question marks and, where a line asks, at its end."""
    segments: list[str] = []
    open_line = False  # whether the last segment may go on in the next line
    for raw in text.splitlines():
        bullet = _BULLET.match(raw) is not None
        line = clean(_BULLET.sub("", raw))
        if not line:
            open_line = False
            continue
        for piece in _cut(line):
            asks = piece.endswith(("?", "!")) and "?" in piece[-3:]
            starts = bullet or _OPENS_LINE.match(piece) is not None
            if open_line and not starts:
                segments[-1] += f" {piece}"
            else:
                segments.append(piece)
            bullet = False
            open_line = not asks and not _CLOSED.search(piece)
    return segments


def _cut(line: str) -> Iterator[str]:
    """A line's pieces, each but the last with the question mark that ends it; none ends within quotation marks."""
    quoted = [match.span() for match in _QUOTED.finditer(line)]
    start = 0
    for match in _ENDED.finditer(line):
        if any(a < match.start() < b for a, b in quoted):
            continue
        yield line[start : match.end()].strip()
        start = match.end()
    if rest := line[start:].strip():
        yield rest


def _joined(segments: list[str]) -> list[str]:
    """Segments that ask something by themselves; what does not goes with the next one, else with the last."""
    questions: list[str] = []
    waiting = ""
    for segment in segments:
        whole = f"{waiting} {segment}".strip()
        if questions and _LEANS.match(segment):
            questions[-1] = f"{questions[-1]} {whole}"
            waiting = ""
        elif _asks(segment) and content_words(normalise(segment)):
            questions.append(whole)
            waiting = ""
        else:
            waiting = whole
    if waiting and questions and not content_words(normalise(waiting)):
        questions[-1] = f"{questions[-1]} {waiting}"
    return questions


def _asks(segment: str) -> bool:
    return "?" in segment[-3:] or _OPENS.match(segment) is not None


def _clauses(question: str) -> list[str]:
    """A question cut at "and who", "and why" and so on, where each side asks something and stands by itself."""
    quoted = [match.span() for match in _QUOTED.finditer(question)]
    clauses: list[str] = []
    start = 0
    for match in _AND.finditer(question):
        left, right = question[start : match.start()], question[match.end() :]
        safe = (
            not any(a < match.start() < b for a, b in quoted)
            and _OPENS.match(_without_context(left)) is not None
            and bool(content_words(normalise(left)))
            and bool(content_words(normalise(right)))
            and not _THING.search(right)
        )
        if safe:
            clauses.append(left.strip())
            start = match.end()
    return [*clauses, question[start:].strip()]


def _without_context(question: str) -> str:
    """A question without the statements before it, unless it speaks of what they name."""
    *before, last = _SENTENCE.split(question)
    leans = _PERSON.search(last) or _THING.search(last)
    if before and not leans and _OPENS.match(last) and content_words(normalise(last)):
        return last
    return question
