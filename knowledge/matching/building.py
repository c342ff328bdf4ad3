"""From a base to its matcher: index, then a confidence that knows the base."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from knowledge.derive import Candidate, houses
from knowledge.errors import EncoderError
from knowledge.matching.confidence import FITTED_SHARE, Confidence
from knowledge.matching.documents import base_texts, material
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.fitting import own_weight, refit, with_weights
from knowledge.matching.folds import Fold, folds
from knowledge.matching.gaps import MOST_PHRASINGS, GapRegression, gap_regression
from knowledge.matching.matcher import Matcher
from knowledge.matching.part import GAP, Part
from knowledge.matching.reading import Reader
from knowledge.matching.tools import Tools
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase

REVISION = 1
"""Of everything that kept results depend on besides their input: raise it with a change of the method."""


def build_index(
    base: KnowledgeBase,
    candidates: Sequence[Candidate],
    *,
    encoder: Encoder | None,
    confidence: Confidence,
    cache: VectorCache | None = None,
    tools: Tools | None = None,
) -> Matcher:
    """Index a whole base, judged by the given confidence."""
    if cache is not None:
        cache.go_on()
    tools = tools or Tools()
    reader = Reader(
        base_texts(base, candidates), base.experts.values(), tools.lexicon, tools.places, normal=tools.normal
    )
    part = Part(
        base,
        candidates,
        [question for gap in base.gaps.values() for question in gap.questions],
        reader=reader,
        stem=tools.stem,
        words=tools.words,
        encode=None if encoder is None else _encoding(encoder, cache),
    )
    return Matcher(
        [part],
        reader=reader,
        tools=tools,
        encoder=encoder,
        confidence=confidence,
        gap_regression=_gap_regression(part, encoder, cache),
    )


def _gap_regression(part: Part, encoder: Encoder | None, cache: VectorCache | None) -> GapRegression | None:
    if cache is None or GAP not in part.owner or len(part.texts) > MOST_PHRASINGS:
        return gap_regression(part)

    def compute() -> Vectors:
        found = gap_regression(part, go_on=cache.go_on)
        return np.stack([found.weights, found.left_out] if found is not None else [])

    name = f"gaps-{'spelling' if encoder is None else encoder.fingerprint[:16]}"
    kept = cache.remembered(name, _key(part), (2, len(part.texts)), compute)
    return GapRegression(kept[0], kept[1])


def build_matcher(
    base: KnowledgeBase,
    candidates: Sequence[Candidate],
    *,
    encoder: Encoder | None,
    cache: VectorCache | None = None,
    tools: Tools | None = None,
    off_base: float = FITTED_SHARE,
) -> Matcher:
    """Index a whole base; `off_base` is the share of questions that it does not answer."""
    confidence = Confidence.bundled(with_encoder=encoder is not None, off_base=off_base)
    matcher = build_index(base, candidates, encoder=encoder, confidence=confidence, cache=cache, tools=tools)
    return matcher.with_confidence(own_confidence(matcher, cache))


def overlay(
    matcher: Matcher,
    base: KnowledgeBase,
    candidates: Sequence[Candidate],
    *,
    cache: VectorCache | None = None,
    before: Matcher | None = None,
) -> Matcher:
    """An index of a base that differs a little from the matcher's: what both hold is shared, the rest is indexed.

    `before` is an earlier one over the same matcher, of a base like this one: what is the same is not read again.
    """
    main, tools, encoder = matcher.parts[0], matcher.tools, matcher.encoder
    place = main.place
    working_for = houses(base)
    same = {c.id for c in candidates if c.id in place and material(base, c, working_for) == main.material[place[c.id]]}
    gaps, known_gaps = [question for gap in base.gaps.values() for question in gap.questions], frozenset(main.gaps)
    texts, experts = base_texts(base, candidates), base.experts.values()
    reader = Reader(texts, experts, tools.lexicon, tools.places, like=matcher.reader, normal=tools.normal)
    try:
        part = Part(
            base,
            [candidate for candidate in candidates if candidate.id not in same],
            [gap for gap in gaps if gap not in known_gaps],
            reader=reader,
            stem=tools.stem,
            words=tools.words,
            encode=None if encoder is None else _encoding(encoder, cache),
            like=main,
            before=None if before is None or before.parts[0] is not main else before.overlaid,
        )
    except EncoderError:
        if encoder is None or not encoder.problem:
            raise
        # It has just failed for good: the matcher goes on without it, and so does this.
        return overlay(matcher, base, candidates, cache=cache, before=before)
    return Matcher(
        [main, part],
        reader=reader,
        tools=tools,
        encoder=encoder,
        confidence=matcher.confidence,
        gap_regression=matcher.gap_regression,
        hidden=place.keys() - same,
        hidden_gaps=known_gaps.difference(gaps),
    )


def own_confidence(matcher: Matcher, cache: VectorCache | None = None) -> Confidence:
    """The matcher's confidence, shifted towards the folds of its first part if that has enough phrasings."""
    part, confidence = matcher.parts[0], matcher.confidence
    weight = own_weight(len(part.texts), int((part.owner == GAP).sum()))
    if not weight:
        return confidence

    def weights() -> Vectors:
        return np.stack(
            refit(confidence, [*_going_on(folds(matcher, elsewhere=matcher.tools.elsewhere), cache)], weight)
        ).astype(np.float32)

    if cache is None:
        return with_weights(confidence, *weights().astype(np.float64))
    shape = (2, 1 + len(confidence.right.weights))
    kept = cache.remembered(
        f"confidence-{'spelling' if part.vectors is None else 'encoder'}", _key(part, confidence.data()), shape, weights
    )
    return with_weights(confidence, *kept.astype(np.float64))


def _key(part: Part, *more: object) -> str:
    """What is worked out from a part depends on its content, this code and `more`."""
    content = hashlib.sha256()
    for text in (*part.texts, *(text for document in part.documents for text in document.texts)):
        content.update(text.encode() + b"\0")
    vectors = b"" if part.vectors is None else part.vectors[:1].tobytes()
    return json.dumps([REVISION, content.hexdigest(), part.owner.tolist(), vectors.hex(), more])


def _going_on(items: Iterator[Fold], cache: VectorCache | None) -> Iterator[Fold]:
    for item in items:
        if cache is not None:
            cache.go_on()
        yield item


def _encoding(encoder: Encoder, cache: VectorCache | None) -> Callable[[Sequence[str]], Vectors]:
    def encode(texts: Sequence[str]) -> Vectors:
        return cache.encode(encoder, texts) if cache is not None else encoder.encode(texts, threads=2)

    return encode
