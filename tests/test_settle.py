"""Restraint: dismissals hold, stronger findings explain weaker ones, at most three are visible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.pipeline import Coach
from coach.settle import MOST_VISIBLE, by_importance, keep_budget, resolve_overlaps
from coach.types import Dismissal, Draft, Finding, Span
from tests.small_pack import small_coach

FINDINGS = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["a", "b", "c"]),
        family=st.sampled_from(["x", "y"]),
        step=st.just("any"),
        severity=st.sampled_from(["error", "warning", "hint"]),
        span=st.none() | st.tuples(st.integers(0, 20), st.integers(1, 9)).map(lambda pair: Span(pair[0], pair[0] + pair[1])),
        message=st.just("m"),
        why=st.just("w"),
    ),
    max_size=9,
)
NOBODY: Any = None


@given(FINDINGS)
def test_the_budget_hides_but_never_drops(findings: list[Finding]) -> None:
    settled = keep_budget(by_importance(findings, NOBODY), NOBODY)
    assert sorted(map(repr, (replace(f, visible=True) for f in settled))) == sorted(map(repr, findings))
    shown = [finding for finding in settled if finding.visible]
    assert len(shown) <= MOST_VISIBLE
    for finding in shown:
        others = [other for other in shown if other is not finding and other.span and finding.span]
        assert not any(o.span and finding.span and o.span.start < finding.span.end and finding.span.start < o.span.end for o in others)


@given(FINDINGS)
def test_overlaps_within_a_family_are_resolved(findings: list[Finding]) -> None:
    kept = resolve_overlaps(findings, NOBODY)
    for one in kept:
        for other in kept:
            if one is not other and one.family == other.family and one.span and other.span:
                assert one.span.end <= other.span.start or other.span.end <= one.span.start
    assert resolve_overlaps(kept, NOBODY) == kept


RULES: dict[str, dict[str, Any]] = {
    "weak": {"match": [{"phrases": ["weak thing"]}], "examples": [{"bad": "[[weak thing]]", "good": "b"}]},
    "strong": {"match": [{"phrases": ["strong thing"]}], "examples": [{"bad": "[[strong thing]]", "good": "b"}]},
}


@pytest.fixture
def coach(tmp_path: Path) -> Coach:
    return small_coach(tmp_path, RULES, {"strong": {"severity": "error", "explains": ["weak"]}})


def rules(coach: Coach, text: str, *dismissed: Dismissal) -> list[str]:
    return [finding.rule for finding in coach.review(Draft(text, "en", dismissed=dismissed)).findings]


def test_a_stronger_finding_explains_a_weaker_one(coach: Coach) -> None:
    assert rules(coach, "A weak thing.") == ["weak"]
    assert rules(coach, "A weak thing. A strong thing.") == ["strong"]


def test_a_dismissed_finding_stays_away_and_explains_nothing(coach: Coach) -> None:
    assert rules(coach, "A weak thing. A strong thing.", Dismissal("strong", "rule")) == ["weak"]
    assert rules(coach, "A weak thing.", Dismissal("weak", "conversation")) == []


def test_dismissed_here_means_this_wording(coach: Coach) -> None:
    here = Dismissal("weak", "here", "Weak thing")
    assert rules(coach, "A weak thing.", here) == []
    assert rules(coach, "A weak thing. Now a strong thing.", here) == ["strong"]
    assert rules(coach, "A weak thing.", Dismissal("weak", "here", "other words")) == ["weak"]
    assert rules(coach, "A weak thing.", Dismissal("weak", "here", "A weak thing")) == [], "part of the dismissed words"
    assert rules(coach, "A weak thing.", Dismissal("weak", "here", "thing")) == ["weak"]
    assert rules(coach, "A weak thing.", Dismissal("weak", "here", "tweak things")) == ["weak"]


def test_one_finding_of_a_rule_in_a_sentence(coach: Coach) -> None:
    assert rules(coach, "A weak thing and a weak thing. A weak thing.") == ["weak", "weak"]
