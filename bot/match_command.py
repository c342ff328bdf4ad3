"""`match`: a base tried against a list of questions, before it is published."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.base_options import add_encoder_option, configured
from knowledge.errors import ConfigError, PackError, Problem

if TYPE_CHECKING:
    from bot.cli import AddParser
    from bot.config import Config
    from bot.match_lines import Trial
    from knowledge.model import KnowledgeBase

_EXAMPLES = """\
examples:
  citebot match --kb my-pack/ --queries log.jsonl --out found.jsonl
  citebot match --kb faq.jsonl --queries log.jsonl --out found.jsonl --prior 0.5
  citebot match --kb faq.jsonl --stdin

--kb is a pack, by name or path, or a plain list with one object a line: id, question, alternates (other
ways of asking), answer. --queries has one {"qid": …, "text": …} a line; OUT gets, in the same order:
qid, ranked (up to ten ids, the best first), confidence (the probability that the first is right),
answered, ms. With --stdin it prints {"ready": true} and then such a line for each line that comes in.

`answered` weighs two shares alike: answerable questions answered rightly, unanswerable ones not answered.
The bot itself goes by matching.wrong_costs. Small talk is matched like any other question.
"""


def add_parser(add: AddParser) -> None:
    """Add `match` to the command line."""
    parser = add(
        "match",
        help="try a base against a list of questions",
        description="Tries a base against a list of questions: which entry each finds, and how surely.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "--kb", required=True, metavar="KB", help="the base: a pack, by name or path, or a plain list (.jsonl)"
    )
    parser.add_argument("--queries", type=Path, metavar="IN", help="the questions (- is stdin)")
    parser.add_argument("--out", type=Path, metavar="OUT", help="where the findings go (- is stdout)")
    parser.add_argument("--stdin", action="store_true", help="take questions from stdin as they come, until it ends")
    parser.add_argument(
        "--prior", metavar="P", help="the share of questions that the base does not answer (default: matching.off_base)"
    )
    add_encoder_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Match; 0 if all went well, 1 if some lines were no questions."""
    _check_usage(args)
    from bot.jsonlines import writing
    from bot.logs import set_up_logging
    from bot.match_lines import match_all, match_stream, read_questions
    from bot.output import json_to_stdout

    config = configured(args)
    off_base = config.matching.off_base if args.prior is None else _share(args.prior)
    set_up_logging("DEBUG" if config.log_level == "DEBUG" else "WARNING")
    base, plain = _load(args.kb)
    if args.stdin:
        json_to_stdout()
        return 1 if match_stream(_trial(base, config, off_base, plain=plain), sys.stdin.buffer, sys.stdout) else 0
    # What can be wrong with the files is told before the base is indexed, which takes a while.
    questions, bad = read_questions(args.queries)
    with writing(args.out) as out:
        match_all(_trial(base, config, off_base, plain=plain), questions, out)
    return 1 if bad else 0


def _check_usage(args: argparse.Namespace) -> None:
    if args.stdin:
        if args.queries is not None or args.out is not None:
            raise ConfigError("--stdin answers on stdout: leave --queries and --out out")
        return
    if args.queries is None or args.out is None:
        raise ConfigError("match needs --queries IN and --out OUT, or --stdin")
    from bot.jsonlines import require_apart

    require_apart(args.queries, args.out)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise ConfigError(f"--prior: {text} is no share: write a number above 0 and below 1, such as 0.3")
    return share


def _load(name: str) -> tuple[KnowledgeBase, bool]:
    """The base, and whether it is a plain list. Raises PackError with every problem."""
    from knowledge.faq import load_faq
    from knowledge.pack_files import SUFFIXES
    from knowledge.packs import load_base

    # os.path, because it takes any name: too long for a file, with signs that none has.
    if name.endswith(".jsonl") and not os.path.exists(name):
        raise PackError([Problem(name, 0, "", "there is no such file: check the path after --kb")])
    if os.path.isfile(name) and not name.lower().endswith(SUFFIXES):
        return load_faq(Path(name)), True
    return load_base([name]), False


def _trial(base: KnowledgeBase, config: Config, off_base: float, *, plain: bool) -> Trial:
    from bot.building import open_encoder
    from bot.match_lines import Trial
    from knowledge.derive import candidates
    from knowledge.matching.building import build_matcher
    from knowledge.matching.vectorcache import VectorCache

    # A cache holds one base: in a folder of its own this one does not push out what the bot needs.
    cache = VectorCache(config.data_dir / "cache" / "match")
    encoder = open_encoder(config.matching.encoder)
    matcher = build_matcher(base, candidates(base), encoder=encoder, cache=cache, off_base=off_base)
    return Trial(matcher, off_base=off_base, plain=plain)
