from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coach import rule_docs
from coach.cli import app
from coach.packs import default_packs
from coach.rules import catalogue
from coach.types import LANGUAGES

PAGES = rule_docs.pages(default_packs(), catalogue())


def test_a_page_for_every_rule_of_the_catalogue_and_an_index() -> None:
    ids = [entry.id for entry in catalogue().rules]
    assert set(PAGES) == {"README.md", *(f"{rule}.md" for rule in ids)}
    assert all(f"[{rule}]({rule}.md)" in PAGES["README.md"] for rule in ids)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_tables_are_whole(name: str) -> None:
    rows = [line for line in PAGES[name].splitlines() if line.startswith("|")]
    bars = {line.replace("\\|", "").count("|") for line in rows}
    assert len(rows) > 2 and len(bars) == 1


def test_a_page_holds_what_the_rule_says_in_every_language() -> None:
    for language in LANGUAGES:
        for rule in default_packs()[language].rules:
            page = PAGES[f"{rule.id}.md"]
            assert all(rule_docs.cell(text) in page for text in (rule.file.summary, rule.file.message, rule.file.why))
            assert all(rule_docs.cell(text) in page for e in rule.file.examples for text in (e.bad, e.good, e.ok) if text)


def test_what_is_not_there_yet_is_told_with_its_reason() -> None:
    for missing in catalogue().not_yet.values():
        for rule, reason in missing.items():
            assert f"*not yet: {rule_docs.cell(reason)}*" in PAGES[f"{rule}.md"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("[[You failed]] to", "**You failed** to"),
        ("a | b\nc", "a \\| b<br>c"),
        ("5 * 3 <b> & #1 _x_", "5 \\* 3 &lt;b> &amp; #1 \\_x\\_"),
        ("[link](x)", "\\[link\\](x)"),
    ],
)
def test_cells_hold_text_not_markdown(text: str, cell: str) -> None:
    assert rule_docs.cell(text) == cell


def test_stale_pages_are_told(tmp_path: Path) -> None:
    made = {"README.md": f"{rule_docs.MADE}\nindex\n", "a.md": f"{rule_docs.MADE}\na\n"}
    folder = tmp_path / "rules"
    assert rule_docs.stale(made, folder) == [f"{folder / 'README.md'}: missing", f"{folder / 'a.md'}: missing"]
    rule_docs.write({**made, "gone.md": f"{rule_docs.MADE}\n"}, folder)
    (folder / "a.md").write_text("edited")
    assert rule_docs.stale(made, folder) == [f"{folder / 'a.md'}: differs", f"{folder / 'gone.md'}: no such rule"]
    rule_docs.write(made, folder)
    assert rule_docs.stale(made, folder) == []


def test_writing_leaves_pages_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("my notes")
    rule_docs.write({"README.md": "x"}, tmp_path)
    assert (tmp_path / "mine.md").read_text() == "my notes"


def test_command(tmp_path: Path) -> None:
    runner, folder = CliRunner(), tmp_path / "rules"
    check = ["rules", "--docs", str(folder), "--check"]
    refused = runner.invoke(app, check)
    assert refused.exit_code == 1 and "README.md: missing" in refused.stderr and "coach rules --docs" in refused.stderr
    assert not folder.exists(), "--check writes nothing"
    assert runner.invoke(app, check[:3]).exit_code == 0
    assert runner.invoke(app, check).exit_code == 0
    (folder / "README.md").unlink()
    assert runner.invoke(app, check).exit_code == 1
