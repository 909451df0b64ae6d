"""The wordings that a native reader accepted: applied to drafts that are not in the rule files, each still reads exactly so."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from coach.edits import applied
from coach.pipeline import Coach
from coach.types import Draft, Turn

DATA = Path(__file__).parent / "data"
LINES = [json.loads(line) for path in sorted(DATA.glob("wordings_*.jsonl")) for line in path.read_text("utf-8").splitlines() if line]
NOW = datetime.fromisoformat("2026-03-10T12:00:00+00:00")
COACH = Coach()  # the rules alone: they hold without the classifier


def _turn(turn: dict[str, Any]) -> Turn:
    role: Literal["customer", "agent"] = "customer" if "customer" in turn else "agent"
    at = datetime.fromisoformat(turn["at"]) if "at" in turn else None
    return Turn(role, turn[role], at, turn.get("automatic", False), turn.get("internal", False))


def _ids() -> list[str]:
    return [f"{line['language']}-{line['rule']}-{number}" for number, line in enumerate(LINES)]


@pytest.mark.parametrize("line", LINES, ids=_ids())
def test_accepted_wordings_are_what_the_agent_gets(line: dict[str, Any]) -> None:
    draft = Draft(line["draft"], line["language"], tuple(map(_turn, line["conversation"])), line.get("closing", False))
    found = [finding for finding in COACH.review(draft, NOW).findings if finding.rule == line["rule"]]
    assert len(found) == 1
    assert [applied(draft.text, suggestion.edits) for suggestion in found[0].suggestions] == line["applied"]
