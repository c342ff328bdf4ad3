"""An answer as one JSON object, for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge.answers import Answer, Attribution, Outcome, Suggestion
from knowledge.model import Expert
from knowledge.plaintext import plain_text


def answer_object(answer: Answer) -> dict[str, Any]:
    """Everything in the answer; `text` is the whole reply as plain text."""
    return {
        "asked": answer.asked,
        "outcome": str(answer.outcome),
        "answered": answer.outcome is Outcome.ANSWER,
        "id": answer.candidate_id,
        "title": answer.title,
        "understood": answer.understood,
        "besides": answer.besides,
        "body": answer.body,
        "confidence": round(answer.confidence, 4),
        "sureness": answer.sureness,
        "caveat": answer.caveat,
        "claims": [_claim(claim) for claim in answer.attributions],
        "related": _questions(answer.related),
        "suggestions": _questions(answer.suggestions),
        "text": plain_text(answer),
    }


def batch_object(qid: object, answer: Answer) -> dict[str, Any]:
    """One line of a batch's output. Chit-chat counts as not answered."""
    answered = answer.outcome is Outcome.ANSWER
    return {
        "qid": qid,
        "answered": answered,
        "text": plain_text(answer),
        "confidence": round(answer.confidence, 4),
        "suggestions": [] if answered else [item.question for item in answer.suggestions],
    }


def _claim(claim: Attribution) -> dict[str, Any]:
    return {
        "id": claim.claim_id,
        "text": claim.text,
        "expert": _expert(claim.expert),
        "reported_by": _expert(claim.reported_by) if claim.reported_by else None,
        "quote": claim.quote,
        "note": claim.note,
        "source": {
            "id": claim.source.id,
            "title": claim.source.title,
            "author": claim.author.name,
            "url": claim.source.url,
            "published": claim.source.published,
            "period": claim.source.period,
        },
        "section": claim.section.title,
        # null where the source has no paragraphs to count
        "paragraph": claim.paragraph or None,
    }


def _expert(expert: Expert) -> dict[str, str]:
    return {
        "id": expert.id,
        "name": expert.name,
        "kind": str(expert.kind),
        "role": expert.role,
        "affiliation": expert.affiliation,
    }


def _questions(items: Iterable[Suggestion]) -> list[dict[str, str]]:
    return [{"id": item.candidate_id, "question": item.question} for item in items]
