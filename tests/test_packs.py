"""A pack that is not right is refused, naming file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coach.packfile import RuleError
from coach.packs import default_packs, open_pack
from coach.rules import catalogue, rules_dir
from coach.types import LANGUAGES
from tests.small_pack import write_pack

PHRASES = {"match": [{"phrases": ["bad thing"]}]}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({**PHRASES, "colour": "red"}, "colour"),
        ({"match": []}, "match"),
        ({"match": [{"phrases": ["a"], "missing": ["apology"]}]}, "exactly one"),
        ({"match": [{}]}, "exactly one"),
        ({"match": [{"phrases": ["(a"]}]}, r"match\.0\.phrases\.0: unclosed"),
        ({"match": [{"phrases": ["{nothing}"]}]}, "no word list 'nothing'"),
        ({"match": [{"missing": ["sorriness"]}], "examples": [{"bad": "a", "good": "b"}]}, "no move or signal 'sorriness'"),
        ({"match": [{"check": "weather"}]}, "no check 'weather'"),
        ({"match": [{"model": "weather"}]}, "no fault 'weather'"),
        (
            {"match": [{"model": "excuse", "moves": ["sorriness"]}], "examples": [{"bad": "a", "good": "b"}]},
            "no move or signal 'sorriness'",
        ),
        ({"match": [{"phrases": ["a"], "moves": ["question"]}]}, "go with model only"),
        ({"match": [{"pattern": "("}]}, "match.0.pattern"),
        ({**PHRASES, "when": ["raining"]}, "no condition 'raining'"),
        ({**PHRASES, "when": ["rest:apology"]}, "no condition 'rest:apology'"),
        ({**PHRASES, "suggest": [{"end": "a", "when": ["rest:sorriness"]}]}, "no move or signal 'sorriness'"),
        ({**PHRASES, "unless": [{"moves": ["sorriness"]}]}, "no move or signal"),
        ({**PHRASES, "suggest": [{"replace": "a", "end": "b"}]}, "exactly one"),
        ({**PHRASES, "examples": [{"ok": "a"}]}, "at least one bad"),
        ({**PHRASES, "examples": [{"bad": "[[bad thing]]"}]}, "bad needs a good"),
        ({**PHRASES, "examples": [{"bad": "bad thing", "good": "fine"}]}, "mark the expected span"),
        ({**PHRASES, "examples": [{"bad": "[[bad]] [[thing]]", "good": "fine"}]}, "mark the expected span"),
        ({**PHRASES, "examples": []}, "examples"),
    ],
)
def test_a_wrong_rule_is_refused_with_file_line_and_key(tmp_path: Path, rule: dict[str, Any], told: str) -> None:
    with pytest.raises(RuleError, match=rf"fault\.yml:\d+: .*{told}"):
        open_pack("en", write_pack(tmp_path, {"fault": rule}))


def test_the_line_is_the_key_s_line(tmp_path: Path) -> None:
    root = write_pack(tmp_path, {"fault": PHRASES})
    path = root / "en" / "rules" / "fault.yml"
    lines = path.read_text("utf-8").splitlines()
    lines.insert(2, "colour: red")
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(RuleError, match=r"fault\.yml:3: colour"):
        open_pack("en", root)


@pytest.mark.parametrize("text", ["a: b: c", "a: [", "summary: x\nsummary: y", "\t- x"])
def test_broken_yaml_and_double_keys_are_refused(tmp_path: Path, text: str) -> None:
    root = write_pack(tmp_path, {"fault": PHRASES})
    (root / "en" / "rules" / "fault.yml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=r"fault\.yml:\d+: "):
        open_pack("en", root)


def test_a_rule_without_a_catalogue_line_is_refused(tmp_path: Path) -> None:
    root = write_pack(tmp_path, {"fault": PHRASES})
    (root / "en" / "rules" / "other.yml").write_text("summary: x", "utf-8")
    with pytest.raises(RuleError, match=r"other\.yml:1: no rule 'other'"):
        open_pack("en", root)


def test_a_catalogue_line_without_a_rule_needs_a_reason(tmp_path: Path) -> None:
    root = write_pack(tmp_path, {"fault": PHRASES})
    (root / "en" / "rules" / "fault.yml").unlink()
    with pytest.raises(RuleError, match="'fault' has no file"):
        open_pack("en", root)


def test_every_rule_of_the_catalogue_is_there_or_has_a_reason() -> None:
    listed = catalogue()
    ids = {entry.id for entry in listed.rules}
    assert len(ids) == 61
    for language in LANGUAGES:
        have = {rule.id for rule in default_packs()[language].rules}
        waiting = set(listed.not_yet.get(language, {}))
        assert have | waiting == ids
        assert not have & waiting
    assert not listed.not_yet.get("en")


def test_what_a_rule_explains_exists() -> None:
    listed = catalogue()
    ids = {entry.id for entry in listed.rules}
    assert {name for entry in listed.rules for name in entry.explains} <= ids
    assert rules_dir().is_dir()
