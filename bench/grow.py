"""Ten times the rules, generated: each rule copied with phrases that begin like the real ones and end in another word."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from coach.rules import rules_dir


def grown_rules(folder: Path, times: int) -> Path:
    """A copy of the English pack with `times` as many rules, under `folder`.

    Copies of rules without phrases wait for a grave failure and a furious customer: asked every time, seldom firing.
    """
    root = folder / "rules"
    shutil.copytree(rules_dir(), root)
    listed = yaml.safe_load((root / "catalog.yml").read_text("utf-8"))
    entries = list(listed["rules"])
    for entry in entries:
        path = root / "en" / "rules" / f"{entry['id']}.yml"
        if not path.exists():
            continue
        rule = yaml.safe_load(path.read_text("utf-8"))
        for copy in range(1, times):
            name = f"{entry['id']}-copy{copy}"
            listed["rules"].append({**entry, "id": name, "explains": []})
            (root / "en" / "rules" / f"{name}.yml").write_text(yaml.safe_dump(_copied(rule, f"quux{copy}"), allow_unicode=True), "utf-8")
    (root / "catalog.yml").write_text(yaml.safe_dump(listed), "utf-8")
    return root


def _copied(rule: dict[str, Any], word: str) -> dict[str, Any]:
    copy = dict(rule)
    copy["match"] = [_other(match, word) for match in rule["match"]]
    copy["unless"] = [_other(unless, word) for unless in rule.get("unless", [])]
    if not any("phrases" in match for match in rule["match"]):
        copy["when"] = [*rule.get("when", []), "severity >= grave", "heat >= 3"]
    return copy


def _other(part: dict[str, Any], word: str) -> dict[str, Any]:
    if "phrases" not in part:
        return part
    return {**part, "phrases": [f"{str(phrase).removesuffix('$').rstrip()} {word}" for phrase in part["phrases"]]}
