"""A pack on top of another: what it adds, words anew and hides, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import PackError
from knowledge.model import Golden, KnowledgeBase
from knowledge.packs import load_base

BELOW = """\
pack: {id: bees, title: Bees, about: bees, examples: [why, how-many]}
sources: [{id: article, title: A quiet summer, author: ada, sections: [{id: text, title: Text}]}]
experts: [{id: ada, name: Ada Lindqvist, kind: author}, {id: rowe, name: Tom Rowe, kind: person}]
topics: [{id: meadows, name: Meadows}]
claims:
  - {id: gone, text: Meadows are going., expert: rowe, section: text, paragraph: 1, anchor: vanish, topics: [meadows]}
  - {id: fewer, text: There are fewer., expert: ada, section: text}
entries:
  - {id: why, question: Why?, answer: Meadows., claims: [gone], related: [how-many]}
  - {id: how-many, question: How many are left?, answer: Fewer., claims: [fewer], expires: '2030-01-31'}
golden: [{id: number, question: number of bees, entry: how-many}]
"""
HEAD = "pack: {id: ours, title: Ours, about: more, builds_on: [bees]}\n"
ABOVE = (
    HEAD
    + """\
entries: [{id: who, question: Who says so?, answer: A botanist., claims: [gone]}]
overrides: {entries: [{id: why, question: Why is that?, answer: No flowers., claims: [gone], related: [how-many]}]}
hidden: {entries: [how-many], topics: [meadows]}
"""
)


def load(folder: Path, above: str) -> KnowledgeBase:
    (folder / "below.yaml").write_text(BELOW)
    (folder / "above.yaml").write_text(above)
    return load_base([str(folder / "below.yaml"), str(folder / "above.yaml")])


def test_a_pack_adds_to_the_one_below_words_it_anew_and_hides_parts(tmp_path: Path) -> None:
    base = load(tmp_path, ABOVE)
    assert list(base.entries) == ["why", "who"]
    assert base.entries["why"].answer == "No flowers."
    assert base.claims["fewer"].locator.source == "article"
    # What is optional goes with what is hidden.
    assert base.entries["why"].related == ()
    assert base.info.examples == ("why",)
    assert base.claims["gone"].topics == ()
    assert base.golden == {}


def test_the_pack_below_is_as_it_was_without_the_one_above(tmp_path: Path) -> None:
    load(tmp_path, ABOVE)
    base = load_base([str(tmp_path / "below.yaml")])
    assert base.entries["why"].answer == "Meadows."
    assert base.entries["how-many"].expires == "2030-01-31"
    assert base.golden["number"] == Golden("number", "number of bees", "how-many")
    assert (base.claims["fewer"].locator.paragraph, base.claims["fewer"].locator.anchor) == (0, "")


@pytest.mark.parametrize(
    ("above", "message"),
    [
        (
            HEAD.replace("bees", "wasps"),
            "pack.builds_on[1]: the pack 'wasps' is not loaded before this one: name it first",
        ),
        (HEAD + "hidden: {claims: [gon]}", "hidden.claims[1]: no pack that this one builds on has 'gon': did you mean"),
        (
            HEAD + "overrides: {topics: [{id: meadow, name: Field}]}",
            "overrides.topics[meadow].id: no pack that this one",
        ),
        (
            HEAD + "hidden: {experts: [rowe]}",
            "claims[gone].expert: the expert 'rowe' is retired or hidden: bring it back",
        ),
        (HEAD + "hidden: {claims: [fewer]}", "entries[how-many].claims[1]: the claim 'fewer' is retired or hidden"),
        (
            HEAD + "overrides: {topics: [{id: meadows, name: A}, {id: meadows, name: B}]}",
            "'meadows' stands twice: keep one",
        ),
        (
            HEAD + "overrides: {topics: [{id: meadows, nam: A}]}",
            "overrides.topics[meadows]: the key 'name' is missing",
        ),
        (
            HEAD + "experts: [{id: tom, name: Tom Rowe, kind: person}]",
            "experts[tom].name: 'Tom Rowe' also names 'rowe'",
        ),
        (HEAD + "topics: [{id: meadows, name: Fields}]", "topics[meadows].id: 'meadows' is already the id at"),
        (
            "pack: {id: ours, title: Ours, about: more}\nentries: [{id: w, question: W?, answer: A., claims: [gone]}]",
            "entries[w].claims[1]: there is no claim 'gone'",
        ),
    ],
)
def test_what_a_pack_above_may_not_do_is_told(tmp_path: Path, above: str, message: str) -> None:
    with pytest.raises(PackError) as raised:
        load(tmp_path, above)
    assert message in str(raised.value)


@pytest.mark.parametrize("day", ["2024-13-01", "2024-02-30", "31.05.2024"])
def test_a_day_that_is_none_is_a_problem(tmp_path: Path, day: str) -> None:
    (tmp_path / "a.yaml").write_text(BELOW.replace("2030-01-31", day))
    with pytest.raises(PackError, match=r"entries\[how-many\].expires: .* write"):
        load_base([str(tmp_path / "a.yaml")])
