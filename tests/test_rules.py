"""Every rule of every pack is tested by the examples inside it; nobody writes a test to add a rule."""

from __future__ import annotations

from datetime import datetime

import pytest

from coach.edits import applied
from coach.packs import default_packs
from coach.pipeline import Coach
from coach.rules import MARK, Rule
from coach.spec import Example
from coach.types import Draft, Review, Turn

RULES = [rule for pack in default_packs().values() for rule in pack.rules]
EXAMPLES = [(rule, number, example) for rule in RULES for number, example in enumerate(rule.file.examples)]
NOW = datetime.fromisoformat("2026-03-10T12:00:00+00:00")


def draft_of(rule: Rule, example: Example, text: str) -> Draft:
    """The example as a draft of the rule's language."""
    turns = tuple(
        Turn(
            "customer" if turn.customer is not None else "agent",
            turn.customer or turn.agent or "",
            _time(turn.at),
            turn.automatic,
            turn.internal,
        )
        for turn in example.conversation
    )
    return Draft(text, rule.language, turns, example.closing, _time(example.at))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


COACH = Coach()  # the rules alone: they hold without the classifier


def review(draft: Draft) -> Review:
    return COACH.review(draft, NOW)


def shown(draft: Draft) -> list[str]:
    return [f"{f.rule}: {draft.text[f.span.start : f.span.end] if f.span else '(missing)'}" for f in review(draft).findings]


def ids(rows: list[tuple[Rule, int, Example]]) -> list[str]:
    return [f"{rule.language}-{rule.id}-{number}" for rule, number, _ in rows]


BAD = [row for row in EXAMPLES if row[2].bad is not None]
QUIET = [(rule, number, text, example) for rule, number, example in EXAMPLES for text in (example.good, example.ok) if text is not None]


@pytest.mark.parametrize(("rule", "number", "example"), BAD, ids=ids(BAD))
def test_bad_example_is_found_at_its_mark_and_nowhere_else(rule: Rule, number: int, example: Example) -> None:
    marked = MARK.search(example.bad or "")
    text = MARK.sub(r"\1", example.bad or "")
    found = [finding for finding in review(draft_of(rule, example, text)).findings if finding.rule == rule.id]
    assert len(found) == 1, shown(draft_of(rule, example, text))
    finding = found[0]
    if marked is None:
        assert finding.span is None
    else:
        assert finding.span is not None
        assert text[finding.span.start : finding.span.end] == marked[1]
    assert finding.message
    assert "{" not in finding.message
    assert finding.family == rule.family


@pytest.mark.parametrize(("rule", "number", "text", "example"), QUIET, ids=[f"{r.language}-{r.id}-{n}-{t[:24]}" for r, n, t, _ in QUIET])
def test_good_and_ok_examples_are_silent_under_all_rules(rule: Rule, number: int, text: str, example: Example) -> None:
    assert shown(draft_of(rule, example, text)) == []


@pytest.mark.parametrize(("rule", "number", "example"), BAD, ids=ids(BAD))
def test_every_suggestion_clears_its_finding_and_raises_no_other(rule: Rule, number: int, example: Example) -> None:
    text = MARK.sub(r"\1", example.bad or "")
    draft = draft_of(rule, example, text)
    before = review(draft)
    for finding in before.findings:
        for suggestion in finding.suggestions:
            after = draft_of(rule, example, applied(text, suggestion.edits))
            rules = [other.rule for other in review(after).findings]
            assert rules.count(finding.rule) < sum(other.rule == finding.rule for other in before.findings), suggestion.label
            assert set(rules) <= {other.rule for other in before.findings}, (suggestion.label, shown(after))


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.language}-{rule.id}" for rule in RULES])
def test_wordings_of_a_rule_are_offered_in_its_examples(rule: Rule) -> None:
    offered = [
        suggestion
        for example in rule.file.examples
        if example.bad is not None
        for finding in review(draft_of(rule, example, MARK.sub(r"\1", example.bad))).findings
        if finding.rule == rule.id
        for suggestion in finding.suggestions
    ]
    assert bool(offered) == bool(rule.file.suggest)
