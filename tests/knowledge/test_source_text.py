"""Cutting a source's plain text into sections, paragraphs, sentences and quotations."""

import pytest

from knowledge.model import Section, Source
from knowledge.source_text import Paragraph, read_source_text, split_sentences

SOURCE = Source("s", "A quiet summer", "ada", (Section("opening", "Opening", False), Section("why", "Why so few?")))


def sentences(text: str) -> list[str]:
    return [text[begin:end] for begin, end in split_sentences(text)]


@pytest.mark.parametrize(
    "wanted",
    [
        ["One here.", "Two there!", "Three?", "Four"],
        ["Dr. No met Mr. Smith and Gen. Lee, Jr. in Washington.", "They talked."],
        ["The U.S. Navy and the U.K. Parliament agree."],
        ["It was made in the U.S.", "The parts were not."],
        ["J. R. Smith came at 5 p.m. Monday.", "He left."],
        ["“It is over.”", "She went home."],
        ["“Bees do not vanish; they starve,” he says.", "“And soon,” he adds."],
        ["He asked: “Why now?”", "Nobody knew…", "Then it rained."],
        ["About 3.5 million, i.e. Half of all, e.g. Bees, are in No. 5 and vol. 2."],
        ["She said no.", "They left."],
        ["On Dec. 5 it was cold.", "2021 was warmer."],
        ["He wrote (in his Ph.D. thesis) of it.", "(It is short.)", "Done."],
        ["etc. is lower case, so it goes on."],
    ],
)
def test_sentences_end_where_people_end_them(wanted: list[str]) -> None:
    assert sentences(" ".join(wanted)) == wanted


def test_sections_paragraphs_and_lines() -> None:
    text = "A quiet summer\n\nBy Ada\n\nFirst one,\nwrapped.\n\nSecond one.\nWhy so few?\nThird one.\n"
    text += "\nRelated posts\n\nSomething else.\n"
    read = read_source_text(text, SOURCE, "Ada")
    assert read.titled
    assert [(p.text, p.line) for p in read.sections["opening"]] == [("First one, wrapped.", 5), ("Second one.", 8)]
    assert [(p.text, p.line) for p in read.sections["why"]] == [("Third one.", 10)]
    assert read.ended_at == (12, "Related posts")
    assert (read.missing, read.stray) == ((), ())


def test_a_heading_that_the_pack_forgot_leaves_its_paragraphs_stray() -> None:
    text = "A quiet summer\n\nFirst.\n\nMeadows\n\nSecond.\n\nWhy so few?\n\nThird.\n"
    read = read_source_text(text, SOURCE, "Ada")
    assert [p.text for p in read.stray] == ["Second."]
    assert read.ended_at == (0, "")


def test_without_the_title_or_a_heading_this_is_told() -> None:
    read = read_source_text("Another title\n\nFirst one here.\n", SOURCE, "Ada")
    assert not read.titled
    assert read.missing == ("why",)


def test_text_before_the_first_heading_needs_a_section() -> None:
    source = Source("s", "T", "ada", (Section("why", "Why so few?"),))
    read = read_source_text("T\n\nLoose.\n\nWhy so few?\n\nThird.\n", source, "Ada")
    assert [p.text for p in read.stray] == ["Loose."]
    assert [p.text for p in read.sections["why"]] == ["Third."]


def test_quotations_are_what_stands_between_marks() -> None:
    text = "He’s “sure of it”, she's \"not\", they ‘don’t know’ and the bees' keeper says «maybe»."
    paragraph = Paragraph(text, 1)
    assert [text[a:b] for a, b in paragraph.quotations] == ["sure of it", "not", "don’t know", "maybe"]


def test_whole_words_are_found_whatever_the_typography() -> None:
    paragraph = Paragraph("China’s well–known “arm’s length” policy", 1)
    assert paragraph.find("China's well-known")
    assert paragraph.find('"arm\'s  length"')
    assert not paragraph.find("hin")
    assert not paragraph.find("china’s")
    assert paragraph.find("china’s", any_case=True)
    assert not paragraph.find(" ")
