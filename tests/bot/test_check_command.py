"""`check` as somebody at a terminal uses it."""

import json
import re
from pathlib import Path

import pytest

from bot.cli import run

PACK = """\
pack: {id: bees, title: Bees, about: About bees.}
sources: [{id: paper, title: Bees, author: ada, sections: [{id: all, title: All, heading: false}]}]
experts: [{id: ada, name: Ada, kind: author}]
claims: [{id: fewer, text: Counts fell., expert: ada, section: all, paragraph: 1, anchor: fewer bees}]
entries: [{id: why, question: How many?, phrasings: [a, b], answer: Fewer., claims: [fewer]}]
"""
SUMMARY = "bees: 1 source, 1 expert, 1 claim, 1 entry, 2 phrasings"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bees.yaml").write_text(PACK)
    (tmp_path / "bees.txt").write_text("Bees\n\nAda\n\nThere are fewer bees.\n")
    return tmp_path


def test_the_shipped_packs_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 0
    assert "china-russia: 1 source, " in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_sound_pack_and_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "bees.yaml"]) == 0
    assert capsys.readouterr().out == f"{SUMMARY}: no problems\n"
    assert run(["check", "bees.yaml", "--text", "paper=bees.txt"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{SUMMARY}: no problems",
        "paper: every anchor and quotation stands in its paragraph; every sentence is touched "
        "(1 anchor, 0 quotations, 1 sentence)",
    ]


def test_problems_come_one_a_line_and_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bees.txt").write_text("Bees\n\nAda\n\nThere are less bees.\n")
    assert run(["check", "bees.yaml", "--text", "bees.txt"]) == 1
    of_text, of_pack, last = capsys.readouterr().out.splitlines()
    assert of_pack.startswith("bees.yaml:4: claims[fewer].anchor: does not stand word for word in section 'all'")
    assert of_text.startswith("bees.txt:5: section 'all', paragraph 1: no anchor touches 'There are less bees.'")
    assert last == f"{SUMMARY}: 2 problems"
    (folder / "bees.yaml").write_text(PACK.replace("kind: author", "kind: autor"))
    assert run(["check", "bees.yaml"]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("bees.yaml:3: experts[ada].kind: 'autor' is not one of person")
    assert out.endswith("bees.yaml: 1 problem\n")


def test_anchors_are_compared_even_where_other_items_have_problems(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = """\
  - {id: less, txt: They fell., expert: ada, section: all, paragraph: 1, anchor: bees}
  - {id: gone, text: None is left., expert: nobody, section: all, paragraph: 1, anchor: no bees}
  - {id: lost, text: They left., expert: ada, section: nowhere, paragraph: 1, anchor: bees}
"""
    pack = PACK.replace("claims: [{", "claims:\n  - {", 1).replace("fewer bees}]\n", f"fewer bees}}\n{wrong}")
    (folder / "bees.yaml").write_text(pack)
    assert run(["check", "bees.yaml", "--text", "bees.txt"]) == 1
    out = capsys.readouterr().out
    assert "claims[less].txt: " in out
    assert "claims[gone].expert: " in out
    assert "claims[lost].section: " in out
    assert "bees.yaml:7: claims[gone].anchor: does not stand word for word" in out
    assert "claims[fewer]" not in out
    assert "no anchor touches" not in out
    assert out.endswith("its sentences are looked at once the rest is mended.\n")


@pytest.mark.parametrize(
    "text",
    [
        PACK.replace("id: paper", "idd: paper"),
        PACK.replace("author: ada", "author: al"),
        PACK.replace("experts: [", "experts: [["),
        PACK.replace("sections: [", "sections: [{}, "),
        "",
        "- [",
    ],
)
def test_no_problem_of_a_pack_hides_behind_its_text(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (folder / "bees.yaml").write_text(text)
    assert run(["check", "bees.yaml", "--text", "paper=bees.txt"]) == 1
    assert re.search(r"^bees.yaml: \d+ problems?$", capsys.readouterr().out, re.MULTILINE)


def test_a_pack_is_checked_with_those_that_it_builds_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "our.yaml").write_text(
        "pack: {id: our-bees, title: Our bees, about: ours, builds_on: [bees]}\n"
        "overrides: {entries: [{id: why, question: How many?, answer: Far fewer., claims: [fewer]}]}\n"
    )
    assert run(["check", "bees.yaml", "our.yaml", "--text", "bees.txt"]) == 0
    assert capsys.readouterr().out.startswith(
        "bees.yaml, our.yaml: 1 source, 1 expert, 1 claim, 1 entry, 0 phrasings: no"
    )
    assert run(["check", "our.yaml"]) == 1
    assert "the pack 'bees' is not loaded before this one: name it first" in capsys.readouterr().out


def test_json_holds_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "bees.yaml", "--text", "bees.txt", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["packs"][0]["counts"]["phrasings"] == 2
    assert told["packs"][0]["texts"] == [{"source": "paper", "anchors": 1, "quotes": 0, "sentences": 1, "ignored": ""}]
    (folder / "bees.yaml").write_text(PACK.replace("text: Counts fell.", "txt: Counts fell."))
    assert run(["check", "bees.yaml", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["packs"][0]["counts"] is None
    assert {problem["field"] for problem in told["packs"][0]["problems"]} == {"claims[fewer]", "claims[fewer].txt"}
    assert all(problem["file"] == "bees.yaml" and problem["line"] == 4 for problem in told["packs"][0]["problems"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nix"], "there is no such pack"),
        (["bees.yaml", "--text", "none.txt"], "none.txt: cannot be read (No such file or directory)"),
        (["bees.yaml", "--text", "other=bees.txt"], "the pack has no source 'other': it has paper"),
        (["bees.yaml", "--text", "bees.bin"], "bees.bin: is not UTF-8 text"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    Path("bees.bin").write_bytes(b"caf\xe9")
    assert run(["check", *arguments]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
