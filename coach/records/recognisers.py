"""What personal data looks like: Presidio's recognisers where it has them, ours for names, addresses and Polish tax numbers.

No model and no network: Presidio's check of mail domains would fetch a list, so it is left out. First names are those of Faker's lists.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import regex
import yaml
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    PhoneRecognizer,
    PlPeselRecognizer,
    TrNationalIdRecognizer,
)

from coach.text import norm
from coach.types import Language

logging.getLogger("presidio-analyzer").disabled = True  # its lines quote the text

WORDS = Path(__file__).resolve().parent / "words" / "personal.yml"
KINDS = ("order", "iban", "card", "email", "tckn", "pesel", "nip", "phone", "address", "name", "customer")
REGIONS = ("GB", "US", "TR", "PL", "DE")
LOCALES = {"en": ("en_US", "en_GB"), "tr": ("tr_TR",), "pl": ("pl_PL",)}
CASED = regex.MULTILINE
SPELT = r"[\w.+-]+[ ]?[(\[][ ]?at[ ]?[)\]][ ]?[\w-]+(?:[ ]?(?:[(\[][ ]?(?:dot|nokta|kropka)[ ]?[)\]]|\.)[ ]?[\w-]+)+"
_CALLED = regex.compile(
    r"(?i)\b(?:phone|tel|call|ring|reach|mobile|cell|whatsapp|text|number|telefon\w*|cep|ara\w*|numara\w*|hat|gsm|dzwo\w+|zadzwo\w+|kom(?:órk\w*)?|numer)\b"
)

_NUMBERED = regex.compile(
    r"(?i)\b(?:order|invoice|ticket|case|tracking|reference|serial|model|account|code|sipari\w+|fatura\w*|takip|referans\w*|barkod\w*|kod\w*|zam[óo]wie\w+|faktur\w+"
    r"|przesył\w+|referencyj\w+|ean|reklamacj\w+)\b[^.,;]*$"
)


@dataclass(frozen=True, slots=True)
class PersonalWords:
    """What names and addresses look like in one language (`words/personal.yml`), parts filled in."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    careless: str
    name: str
    full: str
    first_names: frozenset[str]
    not_names: frozenset[str]


@cache
def personal_words(language: Language) -> PersonalWords:
    """The words of a language."""
    data = yaml.safe_load(WORDS.read_text("utf-8"))
    parts: dict[str, str] = data["parts"]

    def filled(expression: str) -> str:
        while found := regex.search(rf"<({'|'.join(parts)})>", expression):
            expression = expression.replace(found[0], f"(?:{parts[found[1]]})")
        return expression

    return PersonalWords(
        names=tuple(map(filled, data["names"][language])),
        addresses=tuple(map(filled, data["addresses"][language])),
        careless=data["careless"],
        name=filled("<name>"),
        full=filled("<full>"),
        first_names=frozenset(data["first_names"][language].split()),
        not_names=frozenset(data["not_names"].split()),
    )


class Phones(PhoneRecognizer):
    """Telephone numbers. A bare run of digits is one only if it begins like one or the words before it say so: order numbers stay."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """The numbers in `text`."""
        return [found for found in super().analyze(text, entities, nlp_artifacts) if self._dialled(text, found)]

    def _dialled(self, text: str, found: RecognizerResult) -> bool:
        number = text[found.start : found.end]
        if not number.startswith(("+", "00")) and _NUMBERED.search(text, max(0, found.start - 30), found.start):
            return False
        return not number.isdigit() or number.startswith("0") or bool(_CALLED.search(text, max(0, found.start - 30), found.start))


class TaxNumbers(PatternRecognizer):
    """Polish tax numbers (NIP): ten digits whose weighted sum fits."""

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the check digit fits."""
        digits = [int(sign) for sign in pattern_text if sign.isdigit()]
        weighed = sum(digit * weight for digit, weight in zip(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=False))
        return len(digits) == 10 and weighed % 11 == digits[9]


class PolishAccounts(IbanRecognizer):
    """Polish account numbers written without their country."""

    def validate_result(self, pattern_text: str) -> bool | None:
        """Whether it is a right IBAN once `PL` stands before it."""
        valid: bool | None = super().validate_result(f"PL{pattern_text}")
        return valid


class Accounts(IbanRecognizer):
    """Account numbers (IBAN) in capitals or not."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None, regex_flags: Any = None) -> list[RecognizerResult]:
        """The numbers in `text`."""
        large = text.upper()
        found: list[RecognizerResult] = super().analyze(large if len(large) == len(text) else text, entities, nlp_artifacts, regex_flags)
        return found


class FirstNames(PatternRecognizer):
    """Known first names with what follows them, inside a sentence or in capitals; at its beginning only with a surname."""

    language: Language = "en"

    def invalidate_result(self, pattern_text: str) -> bool:
        """Whether the first word is no first name."""
        return norm(regex.split(r"[ '’]", pattern_text)[0], self.language) not in first_names(self.language)


@cache
def recognisers(language: Language) -> tuple[tuple[str, EntityRecognizer], ...]:
    """Every kind of personal data with one that finds it, the surest first. Numbers are looked for in all countries' forms."""

    words = personal_words(language)

    def own(kind: str, expressions: Sequence[str], flags: int = CASED) -> PatternRecognizer:
        patterns = [Pattern(f"{kind} {number}", expression, 0.8) for number, expression in enumerate(expressions)]
        return PatternRecognizer(supported_entity=kind, patterns=patterns, global_regex_flags=flags)

    first = FirstNames(
        supported_entity="name",
        patterns=[
            Pattern("mid", rf"(?<=[\p{{L}}\d,;:)]\s){words.name}(?:[ ]{words.name})?", 0.6),
            Pattern("whole", rf"{words.name}(?:[ ]{words.name}){{1,2}}", 0.6),
            Pattern("loud", r"\b\p{Lu}{3,}(?:[ ]\p{Lu}{3,})?\b", 0.6),
        ],
        global_regex_flags=CASED,
    )
    first.language = language
    accounts: Any = [Pattern("nrb", r"(?<![\dA-Z])(\d{2}(?:[ ]?\d{4}){6})()()(?!\d)", 0.5)]  # Presidio says that it wants a list of texts
    return (
        ("iban", Accounts()),
        ("iban", PolishAccounts(patterns=accounts)),
        ("card", CreditCardRecognizer()),
        ("email", own("email", [EmailRecognizer.PATTERNS[0].regex, SPELT], regex.IGNORECASE)),
        ("tckn", TrNationalIdRecognizer()),
        ("pesel", PlPeselRecognizer(patterns=[Pattern("pesel", rf"(?<!\d){PlPeselRecognizer.PATTERNS[0].regex}(?!\d)", 0.4)])),
        (
            "nip",
            TaxNumbers("nip", patterns=[Pattern("nip", r"(?<![\d-])(?:PL[ ]?)?\d{3}[ -]?\d{2,3}[ -]?\d{2}[ -]?\d{2,3}(?![\d-])", 0.4)]),
        ),
        ("phone", Phones(supported_regions=REGIONS, leniency=1)),
        ("phone", own("phone", [r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(\d+\)[ .-]?)?\d(?:[ .-]?\d){6,11}(?!\w)"])),
        ("address", own("address", words.addresses)),
        ("name", own("name", [*words.names, rf"(?<=^\s*[-–~][ ]?){words.full}(?=\s*$)"])),
        ("name", own("name", [words.careless], regex.IGNORECASE)),
        ("name", first),
    )


@cache
def first_names(language: Language) -> frozenset[str]:
    """First names of a language, folded, in Polish with their cases; none that is a common word as well."""
    words = personal_words(language)
    names = set(words.first_names)
    for locale in LOCALES[language]:
        names |= set(import_module(f"faker.providers.person.{locale}").Provider.first_names)
    names = {name for name in names if len(name) > 2 and name.isalpha()} - words.not_names
    forms = {form for name in names for form in polish_forms(name)} if language == "pl" else names
    return frozenset(norm(form, language) for form in forms)


def polish_forms(name: str) -> set[str]:
    """A Polish first name in its cases: Anna, Annę, Annie, Anno; Marek, Marka, Markiem, Marku."""
    if name.endswith("a"):
        stem = name[:-1]
        forms = {stem + end for end in ("a", "y", "i", "ie", "ę", "ą", "o", "u")}
        return forms | ({f"{stem[:-1]}ce"} if stem.endswith("k") else {f"{stem}e"} if stem.endswith("rz") else set())
    stem = f"{name[:-2]}k" if name.endswith("ek") else name
    return {name} | {stem + end for end in ("a", "owi", "em", "iem", "u", "ie", "e")}
