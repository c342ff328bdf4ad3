"""Tables as communities have them: three columns are enough, more is better, and what is wrong has a line."""

from __future__ import annotations

import time

import pytest

from knowledge.answerer import Answerer
from knowledge.curation.csvimport import MAX_BYTES, MAX_ROWS, csv_dry_run
from knowledge.curation.exporting import export_yaml
from knowledge.curation.importing import dry_run
from knowledge.curation.items import Overlay
from knowledge.curation.merging import Ground, no_packs
from knowledge.model import ExpertKind

PLAIN = """\
question,answer,source
How old is the mill?,Older than the dam.,Mills of the valley https://www.mills.example/book
"Who built it, and why?","A miller.
To mill.",https://www.mills.example/who
What is a weir?,A low dam.,Glossary
When does it flood?,Every spring.,The river report
"""


def test_three_columns_are_enough(ground: Ground) -> None:
    run = csv_dry_run(PLAIN.replace("The river report", "Old glossary").encode(), ground, Overlay())
    assert run.conflicts == ()
    assert [key.id for key in run.new[:4]] == [
        *("how-old-is-the-mill", "who-built-it-and-why", "what-is-a-weir", "when-does-it-flood")
    ]
    base = run.base
    assert base is not None
    assert [(s.title, s.url) for s in base.sources.values()][1:] == [
        ("Glossary", ""),
        ("mills.example/who", "https://www.mills.example/who"),
        ("Mills of the valley", "https://www.mills.example/book"),
        ("Old glossary", ""),
    ]
    # Nobody is named: the site speaks, or the text itself. It is added once.
    voice = base.experts[base.claims["how-old-is-the-mill"].expert]
    assert (voice.name, voice.kind) == ("mills.example", ExpertKind.OUTLET)
    assert base.claims["who-built-it-and-why"].expert == voice.id
    assert base.experts[base.claims["what-is-a-weir"].expert].name == "Glossary"
    assert base.entries["who-built-it-and-why"].answer == "A miller.\nTo mill."
    answer = Answerer.build(base, encoder=None).ask("how old is the mill")
    assert answer.attributions[0].source.title == "Mills of the valley"


def test_all_columns_are_used(ground: Ground) -> None:
    table = (
        "Question;Answer;Source;Link;Author;Expert;Role;Affiliation;Place;Words;Phrasings;Verified on\r\n"
        "How old is the mill?;Older than the dam.;Mills;https://m.example;Di Dahl;Ed Eker;historian;Mill Museum;"
        "Part 2, paragraph 3;stood there;age of the mill | mill age;2024-05-31\r\n"
        ";;;;;;;;;;;\r\n"
    )
    run = csv_dry_run(b"\xef\xbb\xbf" + table.encode(), ground, Overlay())
    assert run.conflicts == ()
    base = run.base
    assert base is not None
    entry, claim = base.entries["how-old-is-the-mill"], base.claims["how-old-is-the-mill"]
    assert (entry.phrasings, entry.verified_on) == (("age of the mill", "mill age"), "2024-05-31")
    assert (claim.locator.section, claim.locator.paragraph, claim.locator.anchor) == ("part-2", 3, "stood there")
    assert base.experts[claim.expert].credentials == "historian, Mill Museum"
    assert base.experts[base.sources["mills"].author].name == "Di Dahl"


def test_a_known_source_speaks_by_its_author(ground: Ground) -> None:
    table = PLAIN.replace("question,answer,source", "question,answer,source,place").replace(
        "The river report", "The river report,Opening"
    )
    run = csv_dry_run(table.encode(), ground, Overlay())
    assert run.conflicts == ()
    assert run.base is not None
    assert run.base.claims["when-does-it-flood"].expert == "cy-wren"
    # Without its place, it is asked for.
    (problem,) = csv_dry_run(PLAIN.encode(), ground, Overlay(), name="faq.csv").conflicts
    assert (problem.line, problem.field) == (6, "place")


def test_the_same_table_twice_changes_nothing_and_the_export_comes_in_again() -> None:
    ground = Ground(no_packs())
    run = csv_dry_run(PLAIN.encode(), ground, Overlay())
    there = Overlay().with_edits(run.edits)
    again = csv_dry_run(PLAIN.encode(), ground, there)
    assert (again.edits, len(again.unchanged)) == ((), 4)
    text = export_yaml(ground, there)
    assert export_yaml(ground, Overlay().with_edits(dry_run(text.encode(), ground, Overlay()).edits)) == text


@pytest.mark.parametrize(
    ("table", "conflict"),
    [
        ("question,answer\na,b\n", "t.csv:1: source: is missing: the first line names the columns"),
        ("", "t.csv:1: question: is missing"),
        (
            "question,answer,source,questions\n",
            "t.csv:1: questions: is not the name of a column: did you mean 'question'?",
        ),
        ("question,answer,source,answer\n", "t.csv:1: answer: names two columns"),
        ("question,answer,source\na?,b,c,d\n", "t.csv:2: has 4 cells, but there are 3 columns: put quotation marks"),
        ('question,answer,source\n"a?,b,c\n', "is no CSV from here on"),
        ("question,answer,source\n,b,c\n", "t.csv:2: question: is empty"),
        ("question,answer,source\na?,b,\n", "t.csv:2: source: say where it stands"),
        (
            "question,answer,source\n\na?,b,c\nWhy does the river flood,d,c\n",
            "t.csv:4: question: 'Why does the river flood'",
        ),
        ("question,answer,source\na?,b,c\nA ?,d,c\n", "t.csv:3: question: 'A ?' already asks for entry 'a'"),
        (f"question,answer,source\na?,{'so ' * 200},c\n", "t.csv:2: claim: say in at most 400 characters"),
        ("question,answer,source\n" + "a,b,c\n" * (MAX_ROWS + 1), "has more than 2000 rows"),
    ],
)
def test_each_problem_has_its_line_and_nothing_is_imported(ground: Ground, table: str, conflict: str) -> None:
    run = csv_dry_run(table.encode(), ground, Overlay(), name="t.csv")
    assert any(conflict in str(problem) for problem in run.conflicts), run.conflicts
    assert run.edits == ()


def test_what_is_no_table_is_told(ground: Ground) -> None:
    assert "is not UTF-8" in str(csv_dry_run(b"question\xff", ground, Overlay()).conflicts[0])
    assert "is larger than" in str(csv_dry_run(b"x" * (MAX_BYTES + 1), ground, Overlay()).conflicts[0])


def test_a_large_table_takes_seconds_not_minutes() -> None:
    rows = "".join(f"What is thing number {n}?,It is thing {n}.,Book {n % 50}\n" for n in range(1000))
    begun = time.process_time()
    run = csv_dry_run(f"question,answer,source\n{rows}".encode(), Ground(no_packs()), Overlay())
    assert time.process_time() - begun < 4
    assert run.conflicts == ()
    assert len(run.new) == 1000 * 2 + 50 * 2
