"""A pack against its source's text: what stands, what does not, what is left out, what is copied."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.check import TextReport, check_text
from knowledge.errors import PackError
from knowledge.packs import PACKS_DIR, open_pack

ROOT = Path(__file__).parents[2]
TEXT = """\
A quiet summer

Ada Lindqvist

Beekeepers in the valley counted fewer bees this year than in any of the years before. Dr. Tom Rowe, a botanist
at Hill College, blames the loss of meadows. “Bees do not vanish; they starve,” he says.

Others look to the weather.

What could help?

Rowe would sow flowers along every road. The valley's council has other worries, and says so often.

Related posts

Ten things about bees.
"""
PACK = """\
pack: {id: bees, title: Bees, about: About bees.}
sources:
  - id: article
    title: A quiet summer
    author: ada
    sections: [{id: opening, title: Opening, heading: false}, {id: help, title: What could help?}]
experts:
  - {id: ada, name: Ada Lindqvist, kind: author}
  - id: rowe
    name: Tom Rowe
    kind: person
    described: {section: opening, paragraph: 1, anchor: a botanist at Hill College}
claims:
  - {id: fewer, text: Bee counts fell., expert: ada, section: opening, paragraph: 1, anchor: fewer bees this year}
  - id: hunger
    text: Hunger drives them away.
    expert: rowe
    section: opening
    paragraph: 1
    anchor: the loss of meadows
    quote: Bees do not vanish; they starve
  - {id: weather, text: Weather matters., expert: ada, section: opening, paragraph: 2, anchor: to the weather}
  - {id: sow, text: Flowers help., expert: rowe, section: help, paragraph: 1, anchor: sow flowers}
  - {id: council, text: It is busy., expert: ada, section: help, paragraph: 1, anchor: The valley's council}
entries:
  - {id: why, question: Why?, answer: Hunger., claims: [hunger]}
"""

Compare = Callable[..., TextReport]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """The pack with something replaced against the text with something replaced."""

    def run(old: str = "", new: str = "", *, text_old: str = "", text_new: str = "") -> TextReport:
        assert old in PACK
        assert text_old in TEXT
        file = tmp_path / "pack.yaml"
        file.write_text(PACK.replace(old, new, 1), encoding="utf-8")
        return check_text(open_pack(file), TEXT.replace(text_old, text_new, 1), name="bees.txt")

    return run


def line(text: str) -> int:
    return next(number for number, row in enumerate(PACK.splitlines(), 1) if text in row)


def test_a_faithful_pack_has_no_problems(compare: Compare) -> None:
    report = compare()
    assert (report.problems, report.warnings) == ((), ())
    assert (report.anchors, report.quotes, report.sentences) == (6, 1, 6)
    assert report.ignored == "bees.txt:14: not read from 'Related posts' on"


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("sow flowers", "sow flours", "claims[sow].anchor", "nearest there is 'sow flowers', copy it exactly"),
        ("sow flowers", "Sow Flowers", "claims[sow].anchor", "there it is spelt 'sow flowers', copy it exactly"),
        ("sow flowers", "quantum entanglement", "claims[sow].anchor", "nor elsewhere in the source: copy the words"),
        ("sow flowers", "to the weather", "claims[sow].anchor", "(found in section 'opening', paragraph 2)"),
        ("sow flowers", "ow flower", "claims[sow].anchor", "does not stand word for word"),
        ("help, paragraph: 1, anchor: sow", "help, paragraph: 2, anchor: sow", "claims[sow].paragraph",
         "section 'help' ends with paragraph 1: correct it (found in section 'help', paragraph 1)"),
        ("a botanist at", "a biologist at", "experts[rowe].described.anchor", "nearest there is 'a botanist at Hill"),
        ("they starve", "they die", "claims[hunger].quote", "does not stand word for word"),
        ("Bees do not vanish; they starve", "blames the loss", "claims[hunger].quote",
         "does not stand in quotation marks in the source: indirect speech is not quoted, leave it out"),
        ("answer: Hunger.", "answer: 'He names “the loss of meadows”.'", "entries[why].answer",
         "shows 'the loss of meadows' as a quotation, but the source does not quote it"),
        ("title: A quiet summer", "title: A loud summer", "sources[article].title", "copy the title word for word"),
        ("title: What could help?", "title: What helps?", "sources[article].sections[help].title",
         "has no paragraphs below this heading: copy the heading word for word"),
    ],
)  # fmt: skip
def test_each_departure_is_told_at_its_place_in_the_pack(
    compare: Compare, old: str, new: str, field: str, message: str
) -> None:
    (problem,) = [p for p in compare(old, new).problems if p.file.endswith("pack.yaml")]
    assert (problem.field, message in problem.message) == (field, True), str(problem)
    assert problem.line == line(old)


def test_a_sentence_without_an_anchor_is_listed(compare: Compare) -> None:
    (problem,) = compare(
        "to the weather", "Others look", text_old="weather.", text_new="weather. Some do not."
    ).problems
    assert (problem.file, problem.line, problem.field) == ("bees.txt", 8, "section 'opening', paragraph 2")
    assert problem.message == "no anchor touches 'Some do not.': add a claim for it"


def test_a_quotation_touches_its_sentence(compare: Compare) -> None:
    (problem,) = compare("    quote: Bees do not vanish; they starve\n", "").problems
    assert "no anchor touches '“Bees do not vanish; they starve,” he says.'" in problem.message


def test_a_section_that_the_pack_forgot_is_a_problem(compare: Compare) -> None:
    report = compare(text_old="Others look", text_new="The sky\n\nIt was wet.\n\nOthers look")
    strays = [p for p in report.problems if p.file == "bees.txt"]
    assert [(p.line, p.message) for p in strays] == [
        (10, "'It was wet.' belongs to no section: add its heading to the source's sections"),
        (12, "'Others look to the weather.' belongs to no section: add its heading to the source's sections"),
    ]


@pytest.mark.parametrize("key", ["text: It is busy.", "answer: Hunger."])
def test_a_copied_run_of_words_is_a_warning(compare: Compare, key: str) -> None:
    copied = "In the valley counted fewer, than in any of the years before Dr Tom Rowe came"
    report = compare(key, f"{key.partition(':')[0]}: '{copied}'")
    (warning,) = report.warnings
    words = "than in any of the years before dr tom rowe"
    assert warning.message == f"shares 10 words in a row with the source, '{words}': reword it"
    assert report.problems == ()


def test_anchors_and_quotations_may_be_repeated(compare: Compare) -> None:
    answer = "answer: 'Rowe: “Bees do not vanish; they starve” because of the loss of meadows.'"
    report = compare("answer: Hunger.", answer)
    assert (report.problems, report.warnings) == ((), ())


def test_an_anchor_in_two_sentences_is_a_warning(compare: Compare) -> None:
    report = compare(
        "anchor: The valley's council", "anchor: says", text_old="Rowe would", text_new="Rowe says he would"
    )
    (warning,) = report.warnings
    assert (warning.field, warning.line) == ("claims[council].anchor", line("id: council"))
    assert "take words that stand only once" in warning.message


def test_several_sources_need_a_name(tmp_path: Path) -> None:
    more = "sources:\n  - {id: two, title: T, author: ada, sections: [{id: x, title: X}]}\n"
    text = PACK.replace("sources:\n", more).replace("section: opening", "source: article, section: opening")
    text = text.replace("section: help", "source: article, section: help")
    text = text.replace("    source: article, section: opening\n", "    source: article\n    section: opening\n")
    file = tmp_path / "pack.yaml"
    file.write_text(text)
    pack = open_pack(file)
    with pytest.raises(PackError, match=r"several sources: say which the text is, with SOURCE=FILE \(two, article\)"):
        check_text(pack, TEXT)
    with pytest.raises(PackError, match="has no source 'three': it has two, article"):
        check_text(pack, TEXT, source="three")
    assert check_text(pack, TEXT, source="article").problems == ()
    other = check_text(pack, TEXT, source="two").problems
    assert any("no paragraphs below this heading" in problem.message for problem in other)


def test_the_shipped_pack_keeps_to_its_article() -> None:
    shared = Path(os.environ.get("CITEBOT_SHARED") or ROOT.parent / "shared")
    article = shared / "article" / "china-russia.txt"
    if not article.is_file():
        pytest.skip(f"the article is not there: {article} (set CITEBOT_SHARED)")
    report = check_text(open_pack(PACKS_DIR / "china-russia"), article.read_text(encoding="utf-8"))
    assert [str(problem) for problem in (*report.problems, *report.warnings)] == []
    assert report.sentences == 22
