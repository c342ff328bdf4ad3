"""A server's knowledge out and in again: byte for byte, all or nothing, and as a pack for others."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.curation.bodies import body_of, things_of
from knowledge.curation.drafting import draft
from knowledge.curation.exporting import export_of, export_yaml
from knowledge.curation.form import EntryFields, NewExpert, NewSource
from knowledge.curation.importing import MAX_BYTES, dry_run
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Overlay, State
from knowledge.curation.merging import Ground, no_packs
from knowledge.model import KnowledgeBase
from knowledge.packs import find_pack, load_base
from knowledge.packset import PackSet

MakeOverlay = Callable[..., Overlay]
Key = Callable[[str], ItemKey]


@pytest.fixture
def full(ground: Ground, boats: Overlay, river: KnowledgeBase, overlay: MakeOverlay) -> Overlay:
    """Something of everything: own items, a pack's entry worded anew, another hidden, golden questions."""
    flood = {**body_of(river.entries["why-flood"]), "answer": "Snow:\n- and rain", "verified_on": "2024-05-31"}
    more = overlay(
        entries={"why-flood": flood, "trout-back": None},
        topics={"boats": {"name": "Boats", "aliases": ["no", "12:30", "ship: a"]}},
        gaps={"price": {"questions": ["what does a boat cost?"]}},
        golden={"hull": {"question": "hull age", "entry": "hull-life"}, "king": {"question": "who is king"}},
        claims={"keel": {"text": "Keels bend.", "expert": "ada-marsh", "source": "river", "section": "causes"}},
    )
    made = Overlay.of([*boats.revisions.values(), *more.revisions.values()], 2)
    assert ground.merge(made).problems == ()
    return made


def imported(text: str, ground: Ground) -> Overlay:
    """An empty server after importing the text."""
    run = dry_run(text.encode(), ground, Overlay())
    assert run.conflicts == ()
    return Overlay().with_edits(run.edits)


def test_export_then_import_into_an_empty_server_gives_the_same_bytes(ground: Ground, full: Overlay) -> None:
    text = export_yaml(ground, full, builds_on=["river"])
    empty = imported(text, ground)
    assert ground.merge(empty).base == ground.merge(full).base
    assert export_yaml(ground, empty, builds_on=["river"]).encode() == text.encode()


def test_what_stands_on_a_pack_is_exported_while_the_pack_is_off(river: KnowledgeBase, full: Overlay) -> None:
    packs = PackSet.of(river)
    off = export_of(packs, {river.info.id: False}, full)
    assert off == export_of(packs, {}, full)
    assert "hidden:\n  entries:\n    - trout-back\n" in off


def test_the_order_in_which_things_were_made_or_kept_does_not_show(ground: Ground, full: Overlay) -> None:
    def shuffled(body: Body | None) -> Body | None:  # as a database may hand JSON back
        return body and {key: body[key] for key in sorted(body, reverse=True)}

    revisions = [*full.revisions.values()]
    random.Random(1).shuffle(revisions)
    other = Overlay().with_edits(Edit(r.kind, r.id, 0, r.state, shuffled(r.body)) for r in revisions)
    assert export_yaml(ground, other) == export_yaml(ground, full)


def test_the_export_reads_well(ground: Ground, full: Overlay) -> None:
    text = export_yaml(ground, full, builds_on=["river"])
    assert "  builds_on:\n    - river\n" in text
    assert "  entries:\n    - id: why-flood\n      question: Why does the river flood?\n" in text
    assert "      answer: |-\n        Snow:\n        - and rain\n" in text
    assert "      verified_on: '2024-05-31'\n" in text
    assert "hidden:\n  entries:\n    - trout-back\n" in text
    assert [line for line in text.splitlines() if line and line[0].isalpha()] == [
        *(
            "pack:",
            "sources:",
            "experts:",
            "topics:",
            "claims:",
            "entries:",
            "gaps:",
            "golden:",
            "overrides:",
            "hidden:",
        )
    ]


def test_any_text_survives(ground: Ground, overlay: MakeOverlay) -> None:
    rng = random.Random(7)
    alphabet = "ab \n'\"#:-?!|>&*@%`{}[],éß東😀1.~=<\\"
    for number in range(150):
        answer = "x" + "".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 200))) + "x"
        question = f"q{number} " + "".join(rng.choice(alphabet) for _ in range(60)).replace("\n", " ") + "q"
        fields = EntryFields(question, answer, claims=("melt",))
        made = draft(fields, ground, Overlay())
        assert made.problems == ()
        text = export_yaml(ground, Overlay().with_edits(made.edits))
        again = imported(text, ground)
        assert ground.merge(again).base.entries[made.entry] == made.base.entries[made.entry], repr(answer)
        assert export_yaml(ground, again) == text


def test_a_whole_shipped_pack_comes_in_and_goes_out_again() -> None:
    files = sorted(find_pack("china-russia").rglob("*.yaml"))
    ground = Ground(no_packs())
    whole = "".join(f.read_text(encoding="utf-8") for f in files if f.parent.name != "entries")
    entries = "".join(
        f.read_text(encoding="utf-8").split("entries:\n", 1)[1] for f in files if f.parent.name == "entries"
    )
    server = imported(f"{whole}\nentries:\n{entries}", ground)
    base, pack = ground.merge(server).base, load_base(["china-russia"])
    assert {**base.claims} == {**pack.claims}
    assert {**base.entries} == {**pack.entries}
    text = export_yaml(ground, server)
    assert export_yaml(ground, imported(text, ground)) == text


def test_an_export_is_a_pack_for_others(tmp_path: Path, ground: Ground, full: Overlay) -> None:
    # The packs below, written as a pack, and the server's knowledge on top of them.
    things = [(kind, thing) for kind in ItemKind for thing in things_of(ground.packs, kind).values()]
    below = Overlay().with_edits(Edit(kind, thing.id, 0, State.LIVE, body_of(thing)) for kind, thing in things)
    river_text = export_yaml(Ground(no_packs()), below).replace("id: server", "id: river", 1)
    (tmp_path / "river.yaml").write_text(river_text, encoding="utf-8")
    (tmp_path / "server.yaml").write_text(export_yaml(ground, full, builds_on=["river"]), encoding="utf-8")
    base = load_base([str(tmp_path / "river.yaml"), str(tmp_path / "server.yaml")])
    merged = ground.merge(full).base
    for part in ("sources", "experts", "topics", "claims", "entries", "gaps", "golden"):
        assert {**getattr(base, part)} == {**getattr(merged, part)}, part


def test_a_dry_run_tells_new_changed_unchanged_and_returning(
    ground: Ground, full: Overlay, overlay: MakeOverlay, key: Key
) -> None:
    here = full.with_edits(
        [
            Edit(*key("entry:hull-life"), 1, State.RETIRED),
            Edit(*key("golden:king"), 1, State.INHERITED),
            Edit(*key("topic:boats"), 1, State.LIVE, {"name": "Ships"}),
            Edit(*key("topic:masts"), 0, State.LIVE, {"name": "Masts"}),
        ]
    )
    run = dry_run(export_yaml(ground, full).encode(), ground, here)
    assert (run.new, run.changed, run.returning) == (
        (key("golden:king"),),
        (key("topic:boats"),),
        (key("entry:hull-life"),),
    )
    assert key("claim:oak") in run.unchanged
    assert key("entry:trout-back") in run.unchanged
    assert run.only_here == (key("topic:masts"),)
    assert {edit.key for edit in run.edits} == {*run.new, *run.changed, *run.returning}
    assert all(edit.expected == here.number(edit.key) for edit in run.edits)
    assert run.base == ground.merge(here.with_edits(run.edits)).base


def test_importing_what_is_there_changes_nothing(ground: Ground, full: Overlay) -> None:
    run = dry_run(export_yaml(ground, full).encode(), ground, full)
    assert (run.edits, run.conflicts, run.new, run.changed) == ((), (), (), ())


def test_a_text_can_replace_all_that_is_here(ground: Ground, full: Overlay, boats: Overlay) -> None:
    text = export_yaml(ground, boats)
    run = dry_run(text.encode(), ground, full, replace=True)
    assert run.conflicts == ()
    after = full.with_edits(run.edits)
    assert ground.merge(after).base == ground.merge(boats).base
    assert export_yaml(ground, after) == text


@pytest.mark.parametrize(
    ("old", "new", "conflict"),
    [
        (
            "id: hull-life",
            "id: why-flood",
            "entries[why-flood].id: a pack here has 'why-flood': put it under 'overrides'",
        ),
        ("How long does a hull last?", "Why does the river flood?", "entries[hull-life].question: 'Why does the river"),
        ("- oak", "- oake", "entries[hull-life].claims[1]: there is no claim 'oake': did you mean 'oak'?"),
        ("name: Bo Berg", "name: Ada Marsh", "experts[bo-berg].name: 'Ada Marsh' also names 'ada-marsh', as its name"),
        ("text: Oak", "txt: Oak", "claims[oak].txt: unknown key 'txt': did you mean 'text'?"),
        ("answer: A century", "answer: &a A century", "entries[hull-life].answer: YAML anchors are not allowed"),
        ("kind: author", "kind: authr", "'authr' is not one of"),
        ("pack:", "hidden: {claims: [x]}\npack:", "hidden.claims[1]: no pack that is switched on here has 'x'"),
        (
            "pack:",
            "overrides: {topics: [{id: x, name: X}]}\npack:",
            "overrides.topics[x].id: no pack that is switched on",
        ),
        (
            "pack:",
            "hidden: {claims: [dam]}\npack:",
            "entry 'why-flood': claims[2]: the claim 'dam' is retired or hidden",
        ),
        ("pack:", "topics: [{id: a, name: A}, {id: a, name: B}]\npack:", "topics[a]: 'a' stands in this file already"),
    ],
)
def test_a_conflict_is_told_with_its_line_and_nothing_is_imported(
    ground: Ground, boats: Overlay, old: str, new: str, conflict: str
) -> None:
    text = export_yaml(ground, boats)
    assert old in text
    changed = text.replace(old, new, 1)
    run = dry_run(changed.encode(), ground, Overlay(), name="ours.yaml")
    told = [str(problem) for problem in run.conflicts]
    assert any(conflict in line for line in told), told
    assert run.edits == ()
    if not conflict.startswith("entry"):  # which stands in the pack, not in the text
        (line,) = {problem.line for problem in run.conflicts if conflict in str(problem)}
        begun = changed[: changed.index(new)].count("\n") + 1
        assert line in (begun, begun + 1)
        assert any(told_line.startswith(f"ours.yaml:{line}: ") for told_line in told)


@pytest.mark.parametrize(
    ("raw", "conflict"),
    [
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a: [", "not readable as YAML"),
        (b"- a", "must consist of keys"),
        (b"x" * (MAX_BYTES + 1), "is larger than"),
        (b"anything: 1", "unknown key 'anything'"),
    ],
)
def test_what_is_no_pack_is_told(ground: Ground, raw: bytes, conflict: str) -> None:
    run = dry_run(raw, ground, Overlay())
    assert conflict in str(run.conflicts[0])
    assert run.edits == ()


def test_an_empty_text_changes_nothing(ground: Ground) -> None:
    assert dry_run(b"", ground, Overlay()).edits == ()


def test_a_pack_with_one_source_need_not_name_it(ground: Ground) -> None:
    text = """\
sources: [{id: book, title: Book, author: bo, sections: [{id: a, title: A}]}]
experts: [{id: bo, name: Bo, kind: author, described: {section: a}}]
claims: [{id: oak, text: Oak lasts., expert: bo, section: a}]
"""
    run = dry_run(text.encode(), ground, Overlay())
    assert run.conflicts == ()
    assert run.base is not None
    assert run.base.claims["oak"].locator.source == "book"


def test_what_a_form_makes_is_in_its_final_form_already(ground: Ground) -> None:
    source = NewSource("Mills", "https://mills.example", NewExpert("Di"))
    made = draft(EntryFields("How old?", "Very.", source, NewExpert("Ed"), "Part, paragraph 2"), ground, Overlay())
    there = Overlay().with_edits(made.edits)
    assert dry_run(export_yaml(ground, there).encode(), ground, there).edits == ()
