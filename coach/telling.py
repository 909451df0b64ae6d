"""What a review says, in the language that the agent reads: messages, reasons and advice; wordings stay in the draft's."""

from __future__ import annotations

from dataclasses import replace

from coach.rules import Pack, Rule
from coach.situation import Situation
from coach.suggest import fill
from coach.types import Finding, Review, Suggestion


def told(review: Review, s: Situation, pack: Pack) -> Review:
    """`review` of `s` as `pack` says it. A finding whose rule `pack` lacks stays as it is."""
    rules = {rule.id: rule for rule in pack.rules}
    remove, other = s.reader.pack.texts.labels["remove"], pack.texts.labels["remove"]
    findings = tuple(
        replace(_finding(finding, rules[finding.rule], s), suggestions=tuple(_label(one, remove, other) for one in finding.suggestions))
        if finding.rule in rules
        else finding
        for finding in review.findings
    )
    following = review.sequence.next
    advice = replace(following, advice=pack.texts.advice[following.step]) if following else None
    return replace(review, findings=findings, sequence=replace(review.sequence, next=advice))


def _finding(finding: Finding, rule: Rule, s: Situation) -> Finding:
    message = fill(rule.file.message, dict(finding.evidence), s) or rule.file.summary
    return replace(finding, message=message, why=rule.file.why)


def _label(suggestion: Suggestion, remove: str, other: str) -> Suggestion:
    return replace(suggestion, label=other) if suggestion.label == remove else suggestion
