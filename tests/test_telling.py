"""What a review says in the agent's own language, whatever the draft is written in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.packs import default_packs
from coach.pipeline import review
from coach.types import Draft, Language, Review, Turn

LATE = Turn("customer", "My order 48213 is late and nobody answers.")
DRAFT = Draft("Is there anything else I can help you with?", "en", (LATE,))


def told_in(language: Language | None) -> Review:
    return review(replace(DRAFT, interface=language))


@pytest.mark.parametrize("language", ["tr", "pl"])
def test_messages_reasons_and_advice_are_told_in_the_agents_language(language: Language) -> None:
    pack = default_packs()[language]
    rules = {rule.id: rule.file for rule in pack.rules}
    told, plain = told_in(language), told_in(None)
    assert told.language == "en" and told.findings
    for finding, before in zip(told.findings, plain.findings, strict=True):
        assert finding.why == rules[finding.rule].why != before.why
        assert finding.message != before.message and "{" not in finding.message
        assert [one.edits for one in finding.suggestions] == [one.edits for one in before.suggestions], (
            "wordings stay in the draft's language"
        )
    assert told.sequence.next and plain.sequence.next
    assert told.sequence.next.advice == pack.texts.advice[plain.sequence.next.step]


def test_the_words_of_the_draft_stay_in_the_message() -> None:
    draft = Draft("You failed to update the address.", "en", (LATE,), interface="pl")
    message = next(finding.message for finding in review(draft).findings if finding.rule == "blame-customer")
    assert "You failed to" in message


def test_the_language_of_the_draft_changes_nothing() -> None:
    assert told_in("en") == told_in(None)
