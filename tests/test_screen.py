"""A screen never keeps an expression from a text that it matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.packs import default_packs
from coach.screen import Screen, digits, folded, screen
from coach.types import LANGUAGES, Language


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"order\s*#?(\d{4,})", Screen(True, ("order",))),
        (r"\b(?:chrome|edge)\b", Screen(False, ("chrome", "edge"))),
        (r"\b(?:chrome|\w+)\b", Screen()),
        (r"(?:order)?\d", Screen(True)),
        (r"(?:order){0,2}[A-Z]+", Screen()),
        (r"(?:order)+[\dA-Z]", Screen(False, ("order",))),
        (r"(?<!order)x(?=order)", Screen()),
        (r"(?!order)[ab]", Screen()),
        (r"[\w.]+@\w+", Screen(False, ("@",))),
        (r"KIRIK", Screen(False, ("kirik",))),
        (r"(?:at|in) paris", Screen(False, (" paris",))),
        (r"(?>order)", Screen(False, ("order",))),
    ],
)
def test_screens(expression: str, expected: Screen) -> None:
    assert screen(re.compile(expression, re.IGNORECASE)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_the_packs_is_found_with_and_without_its_screen(language: Language) -> None:
    pack = default_packs()[language]
    expressions = [re.compile(value, re.IGNORECASE) for slot in pack.facts.slots.values() for value in slot.values]
    turns = [turn for rule in pack.rules for example in rule.file.examples for turn in example.conversation]
    texts = [turn.customer for turn in turns if turn.customer]
    tried = 0
    for expression in expressions:
        screened = screen(expression)
        for text in (*texts, *(text.upper() for text in texts), *(text.replace("i", "ı") for text in texts)):
            tried += screened.lets(folded(text), digits(text))
            assert screened.lets(folded(text), digits(text)) or not expression.search(text)
    assert tried < len(expressions) * len(texts), "they screen something out"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_the_rules_is_found_with_and_without_its_screen(language: Language) -> None:
    pack = default_packs()[language]
    expressions = [re.compile(match.pattern) for rule in pack.rules for match in rule.file.match if match.pattern is not None]
    examples = [example for rule in pack.rules for example in rule.file.examples]
    drafts = [text.replace("[[", "").replace("]]", "") for example in examples for text in (example.bad, example.good, example.ok) if text]
    found = tried = 0
    for expression in expressions:
        screened = screen(expression)
        for text in (*drafts, *(text.upper() for text in drafts)):
            lets = screened.lets(folded(text), digits(text))
            tried += lets
            if expression.search(text):
                found += 1
                assert lets
    assert found and tried < len(expressions) * len(drafts), "they find something and screen something out"


LETTERS = st.sampled_from("aiıİIkKſsS5٣ ")


@given(st.text(LETTERS, max_size=6), st.text(LETTERS, max_size=20))
def test_equal_letters_of_the_regular_expressions_are_equal_to_the_screen(word: str, text: str) -> None:
    expression = re.compile(re.escape(word) + r"\d?", re.IGNORECASE)
    if expression.search(text):
        assert screen(expression).lets(folded(text), digits(text))
