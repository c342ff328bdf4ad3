"""Files that hypothesis makes of any bytes, and good ones that it damages: each is told or taken, none fails."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.curation.csvimport import csv_dry_run
from knowledge.curation.importing import DryRun, dry_run
from knowledge.curation.items import Overlay
from knowledge.curation.merging import Ground, no_packs
from knowledge.errors import PackError
from knowledge.packs import load_base

GOOD = b"""\
pack: {id: bees, title: A quiet summer, about: the bees of a valley}
sources:
  - id: summer
    title: A quiet summer
    author: ada
    url: https://bees.example/summer
    sections: [{id: text, title: Text, heading: false}]
experts:
  - {id: ada, name: Ada Lindqvist, kind: author}
  - {id: tom, name: Tom Rowe, kind: person, described: {section: text, paragraph: 1, anchor: a botanist}}
topics: [{id: bees, name: Bees, aliases: [honeybees]}]
claims:
  - {id: fewest, text: Bee counts fell., expert: tom, section: text, paragraph: 1, anchor: fewer bees, topics: [bees]}
entries:
  - id: why
    question: Why are there fewer bees?
    phrasings: [what happened to the bees]
    answer: |
      They find too little to eat.
    claims: [fewest]
    expires: "2031-05-31"
gaps: [{id: price, questions: [what does honey cost]}]
golden: [{id: asked, question: where are the bees, entry: why}]
"""
TABLE = b"""\
question,answer,source,expert,place,phrasings
How old is the mill?,"Old, very.",Mills https://mills.example/book,Ed Eker,p. 3,mill age|age of it
Who owns it?,The town.,Mills https://mills.example/book,"Ed Eker, historian",,
"""
PIECES = (
    b"\n", b"  ", b"\t", b": ", b"- ", b"{", b"}", b"[", b"]", b'"', b"'", b"|", b">", b"&a ", b"*a", b"!x ", b"---\n",
    b"...", b"#", b"%YAML 9.9\n", b"? ", b"<<: ", b"null", b"~", b"yes", b"1e999", b".nan", b"0x1F", b"12:30:45",
    b"2031-13-45", b"99" * 40, b",", b";", b"\r", b"\0", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf",
    b"why", b"id: why", b"claims:", b"x" * 3000,
)  # fmt: skip
damage = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=6)), max_size=6
)


def damaged(good: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, gone, put in changes:
        place = at % (len(good) + 1)
        good = good[:place] + put + good[place + gone :]
    return good


def assert_told(run: DryRun) -> None:
    """It goes in whole, or each of its lines says where and what."""
    assert not (run.conflicts and run.edits)
    for problem in run.conflicts:
        assert str(problem).startswith("import.")
    assert len(run.conflicts) <= 210


def imported(raw: bytes) -> None:
    ground = Ground(no_packs())
    for replace in (False, True):
        run = dry_run(raw, ground, Overlay(), replace=replace)
        assert_told(run)
        assert ground.merge(Overlay().with_edits(run.edits)).problems == ()


def loaded(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pack.yaml"
        file.write_bytes(raw)
        with suppress(PackError):
            load_base([str(file)])


def tabled(raw: bytes) -> None:
    ground = Ground(no_packs())
    run = csv_dry_run(raw, ground, Overlay())
    assert_told(run)
    assert ground.merge(Overlay().with_edits(run.edits)).problems == ()


def test_the_good_ones_go_in() -> None:
    assert len(dry_run(GOOD, Ground(no_packs()), Overlay()).new) == 8
    assert csv_dry_run(TABLE, Ground(no_packs()), Overlay()).conflicts == ()


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(damage)
@example([])
def test_a_damaged_pack(changes: list[tuple[int, int, bytes]]) -> None:
    imported(damaged(GOOD, changes))
    loaded(damaged(GOOD, changes))


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(damage)
@example([])
def test_a_damaged_table(changes: list[tuple[int, int, bytes]]) -> None:
    tabled(damaged(TABLE, changes))


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_any_bytes(raw: bytes) -> None:
    imported(raw)
    loaded(raw)
    tabled(raw)
