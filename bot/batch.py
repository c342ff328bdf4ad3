"""A file of questions in, a file of answers out: one JSON object a line, in the same order."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.answer_json import batch_object
from bot.jsonlines import counted, parse_question, reading, writing
from knowledge.answerer import Answerer


def run_batch(answerer: Answerer, questions: Path, answers: Path) -> int:
    """Answer line by line; `answers` appears whole at the end. `-` stands for stdin and stdout.

    A line that is no question is left out and reported on stderr with its number; the exit code is
    then 1. Raises ConfigError if a file cannot be read or written.
    """
    done, bad = 0, 0
    with reading(questions, option="--batch") as lines, writing(answers) as out:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                question = parse_question(raw)
            except ValueError as error:
                print(f"{questions}:{number}: {error}; this line is left out", file=sys.stderr)
                bad += 1
                continue
            answer = answerer.ask(question["text"])
            out.write(json.dumps(batch_object(question["qid"], answer), ensure_ascii=False) + "\n")
            done += 1
    left_out = f", {counted(bad, 'line')} left out" if bad else ""
    print(f"{counted(done, 'question')} answered or declined{left_out}", file=sys.stderr)
    return 1 if bad else 0
