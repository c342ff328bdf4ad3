"""docs/knowledge-format.md is held true: its example loads, its tables are the schema's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.check import LONGEST_RUN, check_text
from knowledge.curation.csvimport import NEEDED, OPTIONAL
from knowledge.curation.importing import MAX_BYTES as IMPORT_BYTES
from knowledge.pack_files import MAX_FILES, SCHEMA_FILE
from knowledge.packs import PACKS_DIR, load_base, load_pack, open_pack
from knowledge.yamlfile import MAX_BYTES
from knowledge.yamltree import MAX_DEPTH

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "knowledge-format.md").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
KINDS = {
    "pack": "pack",
    "sources": "source",
    "sections": "section",
    "experts": "expert",
    "described": "place",
    "topics": "topic",
    "claims": "claim",
    "entries": "entry",
    "gaps": "gap",
    "golden": "golden",
    "overrides": "overrides",
    "hidden": "hidden",
}


def rows_of_schema(definition: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for key, rules in definition["properties"].items():
        needed = "yes" if key in definition["required"] else ""
        yield f"`{key}`", *type_and_limit(rules), needed, rules["description"]


def type_and_limit(rules: dict[str, Any]) -> tuple[str, str]:
    if "$ref" in rules:
        name = rules["$ref"].rsplit("/", 1)[1]
        target = SCHEMA["$defs"][name]
        return ("id", f"{target['maxLength']} characters") if name == "slug" else ("keys", "")
    match rules["type"]:
        case "array":
            least = f"{rules['minItems']} to " if "minItems" in rules else ""
            item, limit = type_and_limit(rules["items"])
            item = "key" if item == "keys" else item
            each = f", each {limit}" if limit and item == "text" else ""
            return f"list of {item}s", f"{least}{rules['maxItems']} items{each}"
        case "integer":
            return "number", f"{rules['minimum']} to {rules['maximum']}"
        case "boolean":
            return "true/false", f"{str(rules['default']).lower()} if left out"
        case _ if "enum" in rules:
            return "word", "one of six"
        case _:
            return "text", f"{rules['maxLength']} characters"


def rows_of_doc(heading: str) -> list[tuple[str, ...]]:
    table = re.search(rf"^### `{heading}`\n(.*?)(?=^##|\Z)", DOC, re.MULTILINE | re.DOTALL)
    assert table, f"docs/knowledge-format.md has no section for {heading}"
    lines = [line for line in table[1].splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


@pytest.mark.parametrize(("heading", "name"), KINDS.items())
def test_each_table_lists_exactly_the_keys_of_the_schema(heading: str, name: str) -> None:
    expected = list(rows_of_schema(SCHEMA["$defs"][name]))
    assert rows_of_doc(heading) == expected, "\n" + "\n".join(f"| {' | '.join(row)} |" for row in expected)


def test_every_part_of_the_schema_has_a_table() -> None:
    assert set(KINDS.values()) | {"slug"} == set(SCHEMA["$defs"])
    assert set(SCHEMA["properties"]) <= set(KINDS)


def test_the_example_loads_and_fits_its_text(tmp_path: Path) -> None:
    (pack,) = re.findall(r"```yaml\n([^\n]*\npack:.*?)```", DOC, re.DOTALL)
    (text,) = re.findall(r"```text\n(.*?)```", DOC, re.DOTALL)
    (tmp_path / "bees.yaml").write_text(pack, encoding="utf-8")
    base = load_pack(tmp_path)
    assert base.info.id == "bees"
    assert base.entries["why-fewer-bees"].claims == ("fewer-meadows",)
    report = check_text(open_pack(tmp_path), text)
    assert (report.problems, report.warnings) == ((), ())


def test_the_limits_it_names_are_the_real_ones() -> None:
    for limit in (f"{MAX_BYTES:,} bytes", f"{MAX_FILES} files", f"{MAX_DEPTH} levels", f"{LONGEST_RUN} words"):
        assert limit in DOC


def test_the_shipped_packs_point_editors_to_the_schema() -> None:
    for file in PACKS_DIR.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), f"{file} has no schema line"
        assert (file.parent / first.split("=", 1)[1]).resolve() == SCHEMA_FILE.resolve()


def test_the_example_of_a_pack_on_top_of_another_loads(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    (below,) = (block for block in blocks if "  id: bees\n" in block)
    (above,) = (block for block in blocks if "id: our-bees" in block)
    (tmp_path / "bees.yaml").write_text(below, encoding="utf-8")
    (tmp_path / "ours.yaml").write_text(above, encoding="utf-8")
    base = load_base([str(tmp_path / "bees.yaml"), str(tmp_path / "ours.yaml")])
    assert "starve" in base.entries["why-fewer-bees"].answer
    assert base.claims["fewer-meadows"].topics == ()


def test_it_names_all_columns_of_a_table_and_the_limit_of_an_import() -> None:
    assert all(f"`{column}`" in DOC for column in (*NEEDED, *OPTIONAL))
    assert f"Up to {IMPORT_BYTES:,} bytes" in DOC
