"""The rule pages: one Markdown page a rule with its wording in every language, and an index; generated, never edited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from coach.rules import Catalogue, Pack, Rule
from coach.spec import CatalogueEntry, Example
from coach.types import LANGUAGES, Language

NAMES: Mapping[Language, str] = {"en": "English", "tr": "Türkçe", "pl": "Polski"}
MADE = "<!-- Made by `coach rules --docs`; edit rules/ instead. -->"
_SPECIAL = re.compile(r"([\\`*_|~\[\]])")


def pages(packs: Mapping[Language, Pack], catalogue: Catalogue) -> dict[str, str]:
    """File name to text of every page, `README.md` (the index) among them."""
    rules = {language: {rule.id: rule for rule in packs[language].rules} for language in LANGUAGES if language in packs}
    made = {"README.md": _index(catalogue, rules)}
    for entry in catalogue.rules:
        made[f"{entry.id}.md"] = _page(
            entry, catalogue, {language: known[entry.id] for language, known in rules.items() if entry.id in known}
        )
    return made


def write(made: Mapping[str, str], folder: Path) -> None:
    """Write the pages into `folder`, and remove pages of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in made and _made(old):
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def stale(made: Mapping[str, str], folder: Path) -> list[str]:
    """What is wrong with the pages in `folder`, a line each; empty when they are fresh."""
    there = {path.name: path for path in folder.glob("*.md")} if folder.is_dir() else {}
    wrong = [f"{folder / name}: missing" for name in made if name not in there]
    wrong += [f"{folder / name}: differs" for name in made if name in there and there[name].read_bytes() != made[name].encode()]
    gone = sorted(name for name in there.keys() - made.keys() if _made(there[name]))
    wrong += [f"{folder / name}: no such rule" for name in gone]
    return wrong


def _made(page: Path) -> bool:
    return page.read_bytes().startswith(MADE.encode())


def _index(catalogue: Catalogue, rules: Mapping[Language, Mapping[str, Rule]]) -> str:
    out = [MADE, "", "# Rules", "", f"{len(catalogue.rules)} rules, by family.", ""]
    out += [f"| rule | family | step | severity | {' | '.join(rules)} | what it is |", "|---" * (5 + len(rules)) + "|"]
    for entry in sorted(catalogue.rules, key=lambda entry: (entry.family, entry.id)):
        has = " | ".join("yes" if entry.id in known else "not yet" for known in rules.values())
        known = next((known[entry.id] for known in rules.values() if entry.id in known), None)
        summary = cell(known.file.summary) if known else ""
        out.append(f"| [{entry.id}]({entry.id}.md) | {entry.family} | {entry.step} | {entry.severity} | {has} | {summary} |")
    if catalogue.sources:
        out += ["", "## Sources", "", *(f"- {letter}: {cell(text)}" for letter, text in catalogue.sources.items())]
    return "\n".join(out) + "\n"


def _page(entry: CatalogueEntry, catalogue: Catalogue, rules: Mapping[Language, Rule]) -> str:
    facts = f"Family `{entry.family}`, step `{entry.step}`, severity `{entry.severity}`. [Source](README.md#sources): {cell(entry.source)}."
    out = [MADE, "", f"# {entry.id}", "", facts, ""]
    out += [f"| | {' | '.join(NAMES[language] for language in LANGUAGES)} |", "|---" * (1 + len(LANGUAGES)) + "|"]
    absent = {language: cell(catalogue.not_yet.get(language, {}).get(entry.id, "no pack")) for language in LANGUAGES}

    def row(name: str, cells: Mapping[Language, str], missing: Mapping[Language, str] | None = None) -> None:
        out.append(f"| {name} | {' | '.join(cells.get(language, (missing or {}).get(language, '')) for language in LANGUAGES)} |")

    row(
        "**What**",
        {language: cell(rule.file.summary) for language, rule in rules.items()},
        {k: f"*not yet: {v}*" for k, v in absent.items()},
    )
    row("**Says**", {language: cell(rule.file.message) for language, rule in rules.items()})
    row("**Why**", {language: cell(rule.file.why) for language, rule in rules.items()})
    shown = {language: _examples(rule) for language, rule in rules.items()}
    for number in range(max((len(pairs) for pairs, _ in shown.values()), default=0)):
        row("**Instead of**", {language: pairs[number][0] for language, (pairs, _) in shown.items() if number < len(pairs)})
        row("**Say**", {language: pairs[number][1] for language, (pairs, _) in shown.items() if number < len(pairs)})
    for number in range(max((len(fine) for _, fine in shown.values()), default=0)):
        row("**Fine**", {language: fine[number] for language, (_, fine) in shown.items() if number < len(fine)})
    return "\n".join(out) + "\n"


def _examples(rule: Rule) -> tuple[list[tuple[str, str]], list[str]]:
    """(bad, good) pairs and fine drafts, as cells."""
    pairs: list[tuple[str, str]] = []
    fine: list[str] = []
    for example in rule.file.examples:
        if example.bad is not None:
            pairs.append((_context(example) + cell(example.bad), cell(example.good or "")))
        else:
            fine.append(_context(example) + cell(example.ok or ""))
    return pairs, fine


def _context(example: Example) -> str:
    lines = []
    for turn in example.conversation:
        who = "customer" if turn.customer is not None else "automatic" if turn.automatic else "agent"
        lines.append(f"*{who}:* {cell(turn.customer or turn.agent or '')}<br>")
    return "".join(lines) + ("*draft:* " if lines else "") + ("*(closing)* " if example.closing else "")


def cell(text: str) -> str:
    """`text` inside a table cell: one line, nothing in it read as Markdown, the marked span bold."""
    marked = text.strip().replace("[[", "\x01").replace("]]", "\x02").replace("&", "&amp;").replace("<", "&lt;")
    escaped = _SPECIAL.sub(r"\\\1", marked)
    return escaped.replace("\x01", "**").replace("\x02", "**").replace("\n", "<br>")
