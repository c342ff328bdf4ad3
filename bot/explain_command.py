"""`explain`: why a question finds what it finds, and what the bot would post."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.base_options import add_base_options, configured
from knowledge.errors import ConfigError

if TYPE_CHECKING:
    from bot.cli import AddParser
    from knowledge.answerer import Policy
    from knowledge.answers import Answer
    from knowledge.matching.explaining import Explanation

_EXAMPLES = """\
examples:
  citebot explain "What does Kofman say about space?"
  citebot explain --json "Are they real allies?"
  citebot explain --pack my-pack/ "When does the shop open?"

It tells how the question was read, what came closest and why, how sure the bot is and what made it so.
Nothing is posted or kept.
"""

_DIGITS = 4


def add_parser(add: AddParser) -> None:
    """Add `explain` to the command line."""
    parser = add(
        "explain",
        help="why a question finds what it finds",
        description="Explains an answer or its absence: how the question was read, what came closest, how sure.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("question", nargs="*", help="the question, quoted or not")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    add_base_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain; always 0. Raises ConfigError without a question."""
    from bot.building import build_answerer, open_encoder, vector_cache
    from bot.logs import set_up_logging
    from knowledge.answerer import MAX_QUESTION
    from knowledge.answers import Outcome
    from knowledge.matching.explaining import explain
    from knowledge.matching.text import clean

    question = " ".join(args.question).strip()
    if not question:
        raise ConfigError('no question: citebot explain "…"')
    config = configured(args)
    set_up_logging("DEBUG" if config.log_level == "DEBUG" else "WARNING")
    answerer = build_answerer(config, vector_cache(config), open_encoder(config.matching.encoder))
    answer = answerer.ask(question)
    asked = clean(question)
    looked_up = bool(asked) and len(asked) <= MAX_QUESTION and answer.outcome is not Outcome.CHITCHAT
    explanation = explain(answerer.base, answerer.matcher, asked) if looked_up else None
    if args.json:
        import json

        from bot.output import json_to_stdout

        json_to_stdout()
        print(json.dumps(_object(answer, explanation, answerer.policy), ensure_ascii=False))
        return 0
    from rich.console import Console

    from bot.explain_terminal import print_explanation

    print_explanation(Console(highlight=False, emoji=False), answer, explanation, answerer.policy)
    return 0


def _object(answer: Answer, explanation: Explanation | None, policy: Policy) -> dict[str, Any]:
    """Everything as JSON; `explanation` is null where nothing was looked up: small talk, no words, a wall of text."""
    from bot.answer_json import answer_object

    return {
        "asked": answer.asked,
        "outcome": str(answer.outcome),
        "confidence": round(answer.confidence, _DIGITS),
        "answer_at": round(policy.answer_at, _DIGITS),
        "suggest_at": round(policy.suggest_at, _DIGITS),
        "explanation": None if explanation is None else _rounded(asdict(explanation)),
        "reply": answer_object(answer),
    }


def _rounded(value: Any) -> Any:
    """Numbers with as many digits as anybody needs."""
    match value:
        case float():
            return round(value, _DIGITS)
        case dict():
            return {str(key): _rounded(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list() | tuple():
            return [_rounded(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
