"""From all that was detected to what the agent is shown: a tuple of pure functions over findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from coach.situation import Situation
from coach.text import fold
from coach.types import Dismissal, Finding, Severity

MOST_VISIBLE = 3
_WORD = re.compile(r"\w+")
RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "hint": 2}
Step = Callable[[list[Finding], Situation], list[Finding]]


def drop_dismissed(findings: list[Finding], s: Situation) -> list[Finding]:
    """Without what the agent dismissed: the rule as a whole, or these words and any part of them."""
    return [finding for finding in findings if not any(_covers(dismissal, finding, s) for dismissal in s.draft.dismissed)]


def _covers(dismissal: Dismissal, finding: Finding, s: Situation) -> bool:
    if dismissal.rule != finding.rule:
        return False
    if dismissal.scope != "here":
        return True
    text = s.draft.text[finding.span.start : finding.span.end] if finding.span else ""
    language = s.reader.pack.language
    dismissed, marked = fold(dismissal.text or "", language).strip(), fold(text, language).strip()
    return dismissed == marked or (any(map(str.isalnum, marked)) and f" {_spaced(marked)} " in f" {_spaced(dismissed)} ")


def _spaced(words: str) -> str:
    return " ".join(_WORD.findall(words))


def one_per_cause(findings: list[Finding], s: Situation) -> list[Finding]:
    """One finding of a family in a sentence: the severest, then the longest, then the first; one of a rule about the whole."""
    kept: dict[tuple[str, int], Finding] = {}
    for finding in sorted(findings, key=_weight):
        if finding.span is None:
            kept.setdefault((finding.rule, -1), finding)
        else:
            start = finding.span.start
            place = next((x.start for x in s.reading.sentences if x.start <= start < x.end), start)
            kept.setdefault((finding.family, place), finding)
    return list(kept.values())


def _weight(finding: Finding) -> tuple[int, int, int]:
    span = finding.span
    return RANK[finding.severity], span.start - span.end if span else 0, span.start if span else -1


def explain(findings: list[Finding], s: Situation) -> list[Finding]:
    """Without what a stronger finding already explains (`explains` in the catalogue)."""
    explained: set[str] = set()
    for rule in {finding.rule for finding in findings}:
        explained |= s.reader.pack.explains.get(rule, frozenset())
    return [finding for finding in findings if finding.rule not in explained]


def resolve_overlaps(findings: list[Finding], s: Situation) -> list[Finding]:
    """Of overlapping findings of one family, the severest, then the longest, then the first."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=_weight):
        if finding.span is None or not any(
            other.family == finding.family
            and other.span is not None
            and other.span.start < finding.span.end
            and finding.span.start < other.span.end
            for other in kept
        ):
            kept.append(finding)
    return kept


def by_importance(findings: list[Finding], s: Situation) -> list[Finding]:
    """Severest first, then in the order of the draft; what is missing comes after what is there."""
    return sorted(findings, key=lambda f: (RANK[f.severity], f.span is None, f.span.start if f.span else 0, f.rule))


def keep_budget(findings: list[Finding], s: Situation) -> list[Finding]:
    """At most three visible, one for each place; of hints about something missing, none."""
    shown: list[Finding] = []
    settled = []
    for finding in findings:
        quiet = finding.severity == "hint" and finding.span is None
        crowded = finding.span is not None and any(
            other.span is not None and other.span.start < finding.span.end and finding.span.start < other.span.end for other in shown
        )
        visible = not quiet and not crowded and len(shown) < MOST_VISIBLE
        if visible:
            shown.append(finding)
        settled.append(finding if visible == finding.visible else replace(finding, visible=visible))
    return settled


STEPS: tuple[Step, ...] = (drop_dismissed, one_per_cause, explain, resolve_overlaps, by_importance, keep_budget)


def settle(findings: list[Finding], s: Situation) -> list[Finding]:
    """All steps in order."""
    for step in STEPS:
        if not findings:
            break
        findings = step(findings, s)
    return findings
