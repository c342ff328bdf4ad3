"""Every way in which a link comes into a base asks the same of it: a pack, an import, a table, a form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.curation.csvimport import csv_dry_run
from knowledge.curation.drafting import draft, preview
from knowledge.curation.form import EntryFields, NewExpert, NewSource
from knowledge.curation.importing import dry_run
from knowledge.curation.items import Overlay
from knowledge.curation.merging import Ground
from knowledge.errors import PackError
from knowledge.model import ExpertKind
from knowledge.packs import load_pack
from knowledge.plaintext import plain_text

PACK = """\
pack: {{id: mills, title: Mills, about: old mills}}
sources: [{{id: book, title: Book, author: bo, sections: [{{id: a, title: A}}],
  url: "{url}"}}]
experts: [{{id: bo, name: Bo, kind: author}}]
claims: [{{id: oak, text: Oak lasts., expert: bo, section: a}}]
entries: [{{id: what, question: What lasts?, answer: Oak., claims: [oak]}}]
"""
IMPORT = "".join(line for line in PACK.splitlines(keepends=True) if not line.startswith("pack"))
TABLE = 'question,answer,source,link\nWhat lasts?,Oak.,The book,"{url}"\n'
FIELDS = EntryFields(
    question="What lasts?",
    answer="Oak.",
    claim="Oak lasts.",
    source=NewSource("The book", "", NewExpert("Di Dahl", ExpertKind.AUTHOR)),
    expert=NewExpert("Di Dahl", ExpertKind.AUTHOR),
)
WRONG = ("javascript:hacked", "data:text/html,x", "https://good.example@evil.example", "//a.example", "https://a..b/")
SPOOFED = "https://\u0430pple.example/@x"
REAL = "https://xn--pple-43d.example/%40x"


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_honest_link_comes_in_nowhere(ground: Ground, tmp_path: Path, url: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(PACK.format(url=url), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_pack(file)
    (problem,) = refused.value.problems
    assert (problem.line, problem.field) == (3, "sources[book].url")
    (problem,) = dry_run(IMPORT.format(url=url).encode(), ground, Overlay()).conflicts
    assert (problem.line, problem.field) == (2, "sources[book].url")
    conflicts = csv_dry_run(TABLE.format(url=url).encode(), ground, Overlay(), name="t.csv").conflicts
    assert all(str(problem).startswith("t.csv:2: source: ") for problem in conflicts)
    assert conflicts
    assert isinstance(FIELDS.source, NewSource)
    made = draft(replace(FIELDS, source=replace(FIELDS.source, url=url)), ground, Overlay())
    assert [problem.field for problem in made.problems] == ["source"]


def test_a_link_is_shown_by_its_real_host(ground: Ground) -> None:
    assert isinstance(FIELDS.source, NewSource)
    made = draft(replace(FIELDS, source=replace(FIELDS.source, url=SPOOFED)), ground, Overlay())
    assert made.problems == ()
    shown = preview(made.base, made.entry)
    assert shown is not None
    assert REAL in plain_text(shown)
    table = csv_dry_run(TABLE.format(url=SPOOFED).encode(), ground, Overlay())
    assert table.base is not None
    assert "xn--pple-43d.example" in {expert.name for expert in table.base.experts.values()}
