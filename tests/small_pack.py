"""A pack of a few rules, so that tests of the engine don't hang on the shipped wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from coach.packs import open_pack
from coach.pipeline import Coach
from coach.types import MOVES

EXAMPLE = {"bad": "[[bad thing]]", "good": "fine"}
AGENT: dict[str, Any] = {
    "moves": {
        "apology": {"phrases": ["sorry"], "unless": ["sorry to say"]},
        "acknowledge": {"phrases": ["i see your"]},
        "question": {"phrases": ["please send"], "mark": True, "mark_unless": ["satisfaction-check"]},
        "solution": {"phrases": ["click", "refunded"]},
        "satisfaction-check": {"phrases": ["does it work"]},
        "follow-up": {"phrases": ["i will (write|call)"]},
    },
    "signals": {
        "fixed": {"phrases": ["refunded"]},
        "automatic": {"phrases": ["automatic reply"]},
        "owns-delay": {"phrases": ["sorry for the wait", "i promised"]},
        "owns-repeat": {"phrases": ["second time"]},
        "empathy": {"phrases": ["frustrating"]},
        "remedy-refund": {"phrases": ["refunded"]},
        "remedy-credit": {"phrases": ["voucher"]},
        "light-tone": {"phrases": ["oops"]},
        "says-goodbye": {"phrases": ["^ (bye|take care)"]},
        "points-back": {"phrases": ["^ that is why"]},
    },
}
CUSTOMER: dict[str, Any] = {
    "problem": {"phrases": ["broken", "late"], "unless": ["not broken"]},
    "heat": {1: {"phrases": ["annoyed"]}, 2: {"phrases": ["angry"]}, 3: {"phrases": ["lawyer"]}},
    "repeat": {"phrases": ["again"]},
    "severity": {"high": {"phrases": ["urgent"]}, "grave": {"phrases": ["wedding"]}},
    "wish": {"refund": {"phrases": ["money back"]}},
    "satisfied": {"phrases": ["works now"]},
    "broken_promise": {"phrases": ["you promised"]},
    "topics": {"late": {"phrases": ["late"], "clause": "your order is late"}},
}
FACTS: dict[str, Any] = {
    "slots": {
        "order": {"values": ["order (?P<value>\\d{4,})"], "asks": ["order number"], "unless": ["confirm"]},
        "name": {"values": ["my name is (?P<value>\\w+)"]},
        "story": {"asks": ["what happened"]},
    }
}
WORDS: dict[str, Any] = {
    "lists": {"we": ["we", "i"]},
    "abbreviations": ["approx."],
    "greeting": "(?:Hi|Dear)(?: (?P<name>[A-Z]\\w+))?[,!]?",
    "addressed": "Mr [A-Z]\\w+",
    "joins": ["and", "but"],
    "contrasts": ["but"],
    "hangs": ["when"],
    "times": ["\\b(?:by \\d\\d:\\d\\d|tomorrow|on \\w+day)\\b"],
}


def write_pack(root: Path, rules: dict[str, dict[str, Any]], catalogue: dict[str, dict[str, Any]] | None = None, **files: Any) -> Path:
    """Write an English pack with `rules` (id to file content; missing keys filled in) under `root`."""
    folder = root / "en" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, rule in rules.items():
        entries.append({"id": name, "family": name, "step": "any", "severity": "warning", "source": "-", **(catalogue or {}).get(name, {})})
        file = {"summary": "A fault.", "message": "“{match}” is a fault.", "why": "Because.", "examples": [EXAMPLE], **rule}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(file, allow_unicode=True, sort_keys=False), "utf-8")
    moves = {move: {"phrases": []} for move in MOVES} | AGENT["moves"]
    agent = files.get("agent", {"moves": moves, "signals": AGENT["signals"]})
    advice = (
        "acknowledge",
        "apologise",
        "restate",
        "understand",
        "solve",
        "extra-mile",
        "satisfaction-check",
        "follow-up",
        "overdue-promise",
        "document",
    )
    contents = {
        "catalog.yml": {"rules": entries, "not_yet": {}},
        "en/agent.yml": agent,
        "en/customer.yml": files.get("customer", CUSTOMER),
        "en/facts.yml": files.get("facts", FACTS),
        "en/words.yml": files.get("words", WORDS),
        "en/sequence.yml": {"advice": {step: f"Now {step}." for step in advice}, "labels": {"remove": "Remove"}},
    }
    for path, content in contents.items():
        (root / path).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return root


def small_coach(
    root: Path, rules: dict[str, dict[str, Any]] | None = None, catalogue: dict[str, dict[str, Any]] | None = None, **files: Any
) -> Coach:
    """A coach with such a pack."""
    return Coach({"en": open_pack("en", write_pack(root, rules or {"fault": {"match": [{"phrases": ["bad thing"]}]}}, catalogue, **files))})
