"""`ask`: answers in the terminal, one question or a file of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.base_options import add_base_options, configured
from knowledge.errors import ConfigError

if TYPE_CHECKING:
    from bot.cli import AddParser

_EXAMPLES = """\
examples:
  citebot ask "What does Kofman say about the alliance?"
  citebot ask --json "Are they real allies?"
  citebot ask --batch questions.jsonl --out answers.jsonl
  citebot ask --pack my-pack/ --encoder none "What is this about?"

--batch reads one {"qid": …, "text": …} a line and writes, in the same order, one object a line:
qid, answered, text, confidence, suggestions. A friendly word to chit-chat counts as not answered.
"""


def add_parser(add: AddParser) -> None:
    """Add `ask` to the command line."""
    parser = add(
        "ask",
        help="answer a question in the terminal",
        description="Answers in the terminal: one question, or a file of them.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("question", nargs="*", help="the question, quoted or not")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.add_argument("--batch", type=Path, metavar="IN", help="answer the questions of this file (- is stdin)")
    parser.add_argument("--out", type=Path, metavar="OUT", help="where --batch writes (- is stdout)")
    add_base_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer; 0 if all went well, 1 if a batch had lines that could not be read."""
    from bot.building import build_answerer, open_encoder, vector_cache
    from bot.logs import set_up_logging

    question = " ".join(args.question).strip()
    _check_usage(args, question)
    config = configured(args)
    set_up_logging("DEBUG" if config.log_level == "DEBUG" else "WARNING")
    answerer = build_answerer(config, vector_cache(config), open_encoder(config.matching.encoder))
    if args.batch is not None:
        from bot.batch import run_batch

        return run_batch(answerer, args.batch, args.out)
    answer = answerer.ask(question)
    if args.json:
        import json

        from bot.answer_json import answer_object
        from bot.output import json_to_stdout

        json_to_stdout()
        print(json.dumps(answer_object(answer), ensure_ascii=False))
    elif sys.stdout.isatty():
        from rich.console import Console

        from bot.terminal import print_answer

        print_answer(Console(), answer)
    else:
        from knowledge.plaintext import plain_text

        print(plain_text(answer))
    return 0


def _check_usage(args: argparse.Namespace, question: str) -> None:
    if args.batch is None:
        if args.out is not None:
            raise ConfigError("--out goes with --batch: citebot ask --batch IN --out OUT")
        if not question:
            raise ConfigError('no question: citebot ask "…", or --batch IN --out OUT')
        return
    if question or args.json:
        raise ConfigError("--batch takes its questions from the file: leave the question and --json out")
    if args.out is None:
        raise ConfigError("--batch needs --out OUT, where the answers go (- is stdout)")
    from bot.jsonlines import require_apart

    require_apart(args.batch, args.out)
