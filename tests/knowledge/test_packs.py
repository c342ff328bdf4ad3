"""Packs: what loads, and that each fault is told with file, line, field and what to do."""

import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

from knowledge.errors import PackError, Problem
from knowledge.model import ExpertKind, Locator
from knowledge.packs import PACKS_DIR, find_pack, load_base, load_pack, open_pack, shipped_packs

GOOD = """\
pack: {id: bees, title: Bees, about: About bees., examples: [why]}
sources:
  - id: article
    title: A quiet summer
    author: ada
    sections:
      - {id: opening, title: Opening, heading: false}
      - {id: causes, title: What went wrong}
experts:
  - {id: ada, name: Ada Lindqvist, kind: author}
  - {id: rowe, name: Tom Rowe, kind: person, role: botanist, affiliation: Hill College, aliases: [Rowe]}
topics:
  - {id: meadows, name: Meadows}
claims:
  - {id: meadows-gone, text: Meadows are going., expert: rowe, section: causes, paragraph: 1, anchor: meadows vanish}
  - {id: fewer, text: There are fewer., expert: ada, section: opening, paragraph: 1, anchor: fewer bees}
entries:
  - {id: why, question: Why?, answer: Meadows., claims: [meadows-gone], related: [how-many]}
  - id: how-many
    question: How many are left?
    phrasings: [number of bees]
    answer: Fewer.
    claims: [fewer]
"""

Faults = Callable[..., list[Problem]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """Problems of the good pack with some text replaced, and further files beside it."""

    def run(old: str = "", new: str = "", **more: str) -> list[Problem]:
        assert old in GOOD
        (tmp_path / "a.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
        for name, text in more.items():
            (tmp_path / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        try:
            load_pack(tmp_path)
        except PackError as error:
            return list(error.problems)
        return []

    return run


def line(text: str) -> int:
    """The line of the good pack that holds the text."""
    return next(number for number, row in enumerate(GOOD.splitlines(), 1) if text in row)


def test_a_pack_becomes_a_frozen_base(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    base = load_pack(tmp_path)
    assert (base.info.id, base.info.examples) == ("bees", ("why",))
    assert base.experts["rowe"].kind is ExpertKind.PERSON
    assert base.experts["rowe"].credentials == "botanist, Hill College"
    assert base.claims["meadows-gone"].locator == Locator("article", "causes", 1, "meadows vanish")
    assert [section.heading for section in base.sources["article"].sections] == [False, True]
    assert list(base.entries) == ["why", "how-many"]
    assert base.entries["how-many"].phrasings == ("number of bees",)
    for mapping in (base.sources, base.experts, base.topics, base.claims, base.entries):
        assert isinstance(mapping, MappingProxyType)
    with pytest.raises(TypeError):
        cast("dict[str, Any]", base.entries)["new"] = None


def test_a_single_file_is_a_pack_and_a_folder_is_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(GOOD)
    assert load_pack(file) == load_base([str(file)])
    head, entries = GOOD.split("entries:\n")
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.yml").write_text(head)
    (folder / "deep" / "b.YAML").write_text("entries:\n" + entries)
    (folder / ".hidden.yaml").write_text("nonsense: 1")
    (folder / "notes.txt").write_text("nonsense: 1")
    assert load_pack(folder) == load_pack(file)


def test_texts_over_several_lines_become_one(faults: Faults, tmp_path: Path) -> None:
    assert faults("answer: Fewer.", "answer: >\n      Fewer\n      of them.\n    ") == []
    base = load_pack(tmp_path)
    assert base.entries["how-many"].answer == "Fewer of them."
    (tmp_path / "a.yaml").write_text(
        GOOD.replace("question: How many are left?", "question: How many\n      are left?")
    )
    assert load_pack(tmp_path).entries["how-many"].question == "How many are left?"


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        (
            "expert: rowe",
            "expert: row",
            "claims[meadows-gone].expert",
            "there is no expert 'row': did you mean 'rowe'?",
        ),
        ("author: ada", "author: adda", "sources[article].author", "there is no expert 'adda': did you mean 'ada'?"),
        (
            "expert: rowe, s",
            "expert: rowe, reported_by: xyzzy, s",
            "claims[meadows-gone].reported_by",
            "known are ada, rowe",
        ),
        (
            "expert: rowe, s",
            "expert: rowe, source: artcle, s",
            "claims[meadows-gone].source",
            "did you mean 'article'?",
        ),
        (
            "section: causes",
            "section: cause",
            "claims[meadows-gone].section",
            "source 'article' has no section 'cause'",
        ),
        ("anchor: fewer bees", "anchor: fewer bees, topics: [meadow]", "claims[fewer].topics[1]", "no topic 'meadow'"),
        ("claims: [fewer]", "claims: [fewer, less]", "entries[how-many].claims[2]", "there is no claim 'less'"),
        ("related: [how-many]", "related: [how-much]", "entries[why].related[1]", "did you mean 'how-many'?"),
        ("examples: [why]", "examples: [wy]", "pack.examples[1]", "there is no entry 'wy': did you mean 'why'?"),
        ("related: [how-many]", "related: [why]", "entries[why].related[1]", "is this entry itself: take it out"),
        (
            "claims: [fewer]",
            "claims: [fewer, fewer]",
            "entries[how-many].claims[2]",
            "'fewer' stands twice in this list",
        ),
        ("claims: [fewer]", "claims: []", "entries[how-many].claims", "ids of the claims that the answer rests on"),
        (", claims: [meadows-gone]", "", "entries[why]", "the key 'claims' is missing: add it"),
        ("paragraph: 1, anchor: m", "paragraph: 0, anchor: m", "claims[meadows-gone].paragraph", "at least 1"),
        ("id: fewer,", "id: meadows-gone,", "claims[meadows-gone].id", "is already the id at"),
        ("id: causes", "id: opening", "sources[article].sections[opening].id", "'opening' is already the id at"),
        ("title: What went wrong", "title: opening", "sources[article].sections[causes].title", "name each section"),
        ("went wrong}", "went wrong, heading: false}", "sources[article].sections[causes].heading", "only the first"),
        ("number of bees", "'how many are left'", "entries[how-many].phrasings[1]", "stands in this entry already"),
        ("number of bees", "WHY", "entries[how-many].phrasings[1]", "already asks for entry 'why', at"),
        ("number of bees", "'??'", "entries[how-many].phrasings[1]", "has no word in it"),
        ("aliases: [Rowe]", "aliases: [ada lindqvist]", "experts[rowe].aliases[1]", "also names 'ada', at"),
        ("aliases: [Rowe]", "aliases: [Rowe, ROWE]", "experts[rowe].aliases[2]", "'ROWE' stands here already"),
        ("aliases: [Rowe]", "aliases: ['-']", "experts[rowe].aliases[1]", "has no letter or digit"),
        (
            "anchor: fewer bees",
            "anchor: fewer bees, quote: there are fewer",
            "claims[fewer].quote",
            "is the same as the text",
        ),
        (
            "anchor: fewer bees",
            "anchor: fewer bees, quote: “so few”",
            "claims[fewer].quote",
            "stands in quotation marks",
        ),
        ("There are fewer.", "“There are fewer.”", "claims[fewer].text", "a claim is never a quotation"),
        ("expert: ada, s", "expert: ada, reported_by: ada, s", "claims[fewer].reported_by", "is the same as expert"),
        ("kind: person", "kind: persn", "experts[rowe].kind", "did you mean 'person'?"),
        ("id: rowe", "id: Tom_Rowe", "experts[Tom_Rowe].id", "is not an id: use small letters"),
        (
            "answer: Fewer.",
            f"answer: {'x' * 1001}",
            "entries[how-many].answer",
            "is 1001 characters long, at most 1000",
        ),
        ("title: A quiet", "url: www.x.org\n    title: A quiet", "sources[article].url", "is not a web address"),
        ("answer: Fewer.", "anser: Fewer.\n    answer: F.", "entries[how-many].anser", "did you mean 'answer'?"),
        ("question: How many are left?", "question: ' '", "entries[how-many].question", "is blank: write a text"),
        ("id: meadows, name", "id: no, name", "topics[no].id", "'no' is read as false by YAML: write it in quotes"),
    ],
)
def test_each_fault_is_told_with_line_and_field(faults: Faults, old: str, new: str, field: str, message: str) -> None:
    found = faults(old, new)
    (problem,) = [p for p in found if p.field == field and message in p.message]
    assert problem.file.endswith("a.yaml")
    assert abs(problem.line - line(old.split("\n", maxsplit=1)[0])) <= 1
    # A changed id leaves references dangling; nothing else may come of one fault.
    rest = [p for p in found if p is not problem]
    assert all("there is no" in p.message or "has no section" in p.message for p in rest)


def test_a_second_place_is_named_with_file_and_line(faults: Faults) -> None:
    (problem,) = faults(b="entries: [{id: new, question: 'how MANY are left', answer: A., claims: [fewer]}]")
    assert problem.file.endswith("b.yaml")
    assert f"a.yaml:{line('question: How many')}: keep it in one" in problem.message


def test_a_pack_needs_one_head_and_a_source(faults: Faults, tmp_path: Path) -> None:
    (problem,) = faults(GOOD.splitlines()[0], "")
    assert (problem.field, problem.file) == ("pack", str(tmp_path))
    assert "add the key 'pack' with id, title and about" in problem.message
    (problem,) = faults(b="pack: {id: two, title: T, about: A.}")
    assert f"stands twice (first at {tmp_path}/a.yaml:1): keep one" in problem.message
    (tmp_path / "b.yaml").unlink()
    (tmp_path / "a.yaml").write_text("pack: {id: two, title: T, about: A.}")
    with pytest.raises(PackError, match="sources: is missing: add the text"):
        load_pack(tmp_path)


def test_with_several_sources_each_claim_says_which(faults: Faults) -> None:
    more = "sources: [{id: two, title: T, author: ada, sections: [{id: x, title: X}]}]"
    problems = faults(b=more)
    assert [p.field for p in problems] == ["claims[meadows-gone]", "claims[fewer]"]
    assert all("say which of article, two" in p.message for p in problems)


def test_ten_faults_in_several_files_are_all_listed(faults: Faults) -> None:
    problems = faults(
        "kind: author",
        "kind: authr, colour: red",
        b="""\
            topics:
              - {id: meadows, name: Fields, aliases: [Fields]}
              - {id: 2021-02-03, name: Dates}
            claims:
              - {id: c, text: C., expert: nobody, section: nowhere, paragraph: 0, anchor: c}
            entries:
              - id: e
                question: why
                answer: E.
                claims: []
            """,
        c="entries:\n\t- x\n",
    )
    fields = [p.field for p in problems if not p.file.endswith("c.yaml")]
    assert sorted(fields) == sorted(
        [
            "experts[ada].kind",
            "experts[ada].colour",
            "topics[meadows].id",
            "topics[meadows].aliases[1]",
            "topics[2021-02-03].id",
            "claims[c].paragraph",
            "entries[e].question",
            "entries[e].claims",
        ]
    )
    # References are looked at once every file can be read: what is missing may stand in the broken one.
    (tab,) = [p for p in problems if p.file.endswith("c.yaml")]
    assert (tab.line, tab.message) == (2, "the line is indented with a tab: use spaces")
    problems = faults("kind: author", "kind: authr, colour: red", c="entries: []\n")
    more = {"claims[c].expert", "claims[c].section"}
    assert {p.field for p in problems} == {*fields, *more}
    assert len(problems) == 9 + 1
    assert problems == sorted(problems)


def test_an_empty_folder_and_an_unreadable_pack_are_problems(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"holds no .yaml file"):
        load_pack(tmp_path)
    with pytest.raises(PackError, match="there is no such file"):
        load_pack(tmp_path / "none.yaml")
    (tmp_path / "broken.yaml").write_text("pack: [")
    with pytest.raises(PackError) as raised:
        load_pack(tmp_path)
    assert len(raised.value.problems) == 1  # that things are missing follows from it


@pytest.mark.parametrize(
    "mess", ["entries: 3", "entries: [3, [], null]", "pack: []", "sources: [{sections: 3}]", "claims: {a: b}",
             "experts: [{described: [], aliases: x, name: 3}]", "claims: [{topics: {a: 1}, paragraph: x}]", "null"]
)  # fmt: skip
def test_any_mess_is_a_list_of_problems(faults: Faults, mess: str) -> None:
    assert faults(b=mess) != [] or mess == "null"


def test_packs_are_found_by_name_and_path(tmp_path: Path) -> None:
    assert "china-russia" in shipped_packs()
    assert find_pack("china-russia") == PACKS_DIR / "china-russia"
    assert find_pack(str(tmp_path)) == tmp_path
    for name, hint in (
        ("china-rusia", "did you mean 'china-russia'"),
        ("no/such/pack", "check the path"),
        ("", "known are"),
        ("a\0b", "there is no such pack"),
    ):
        with pytest.raises(PackError, match=hint):
            find_pack(name)


def other_pack(path: Path, changes: Mapping[str, str]) -> str:
    text = GOOD
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return str(path)


def test_several_packs_become_one_base(tmp_path: Path) -> None:
    one = other_pack(tmp_path / "one.yaml", {})
    names = {
        "article": "paper",
        "ada": "eva",
        "Ada ": "Eva ",
        "rowe": "roe",
        "Rowe": "Roe",
        "meadows": "fields",
        "Meadows": "Fields",
        "fewer,": "less,",
        "[fewer]": "[less]",
        "why": "wherefore",
        "Why": "Wherefore",
        "how-many": "how-much",
        "How many": "How much",
        "number of": "amount of",
        "id: bees": "id: hives",
    }
    two = other_pack(tmp_path / "two.yaml", names)
    base = load_base([one, two, one])
    assert base.info.id == "bees-hives"
    assert base.info.examples == ("why", "wherefore")
    assert list(base.entries) == ["why", "how-many", "wherefore", "how-much"]
    assert base.claims["less"].locator.source == "paper"  # each pack's claims mean its own only source


def test_clashes_between_packs_are_problems(tmp_path: Path) -> None:
    one = other_pack(tmp_path / "one.yaml", {})
    two = other_pack(tmp_path / "two.yaml", {"article": "paper"})
    with pytest.raises(PackError) as raised:
        load_base([one, two])
    messages = [str(problem) for problem in raised.value.problems]
    assert all(message.startswith(two) for message in messages)
    assert any("experts[ada].id: 'ada' is already the id at" in message for message in messages)
    assert any("'Why?' already asks for entry 'why'" in message for message in messages)
    with pytest.raises(PackError, match="name at least one"):
        load_base([])


def test_an_opened_pack_knows_where_things_stand(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    problem = open_pack(tmp_path).problem("entries", "how-many", ("answer",), "is short")
    assert (problem.line, problem.field) == (line("answer: Fewer."), "entries[how-many].answer")


@pytest.mark.parametrize("name", shipped_packs())
def test_the_shipped_packs_load_quickly(name: str) -> None:
    begin = time.process_time()
    base = load_base([name])
    assert time.process_time() - begin < 1  # about a tenth of it on an ordinary machine
    assert base.claims
    assert base.entries
