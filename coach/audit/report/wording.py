"""The report's words in the reader's language: sentences, names, numbers and dates."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from coach.audit.report.figures import OTHER, Cell
from coach.types import LANGUAGES, Language

NONE = "–"
FAMILIES = 3
"""So many faults of a text are named."""
_SMALL = 0.001


class Wording:
    """Sentences and names of one language; numbers and dates as that language writes them."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._said = _load(language)

    def say(self, key: str, **values: Cell) -> str:
        """The sentence of `key`; whole numbers are written as the language does, `n` chooses between singular and plurals."""
        found = self._said[key]
        if isinstance(found, dict):
            n = values.get("n")
            assert isinstance(n, int)
            found = found.get(self.locale.plural_form(n), found["other"])
        return found.format(**{name: self.count(value) if isinstance(value, int) else value for name, value in values.items()})

    def name(self, kind: str, value: str) -> str:
        """What `value` of that kind is called; the value itself where it has no name."""
        found = self._said.get(f"{kind}.{value}", value)
        return found if isinstance(found, str) else value

    def cell(self, kind: str, value: Cell, dimension: str | None = None) -> str:
        """A cell of a table as people read it; `dimension` says what a cell of kind `value` holds."""
        if value is None or value == "":
            return NONE
        if value == OTHER:
            return self.say("other")
        if isinstance(value, str):
            return self._text(dimension if kind == "value" and dimension else kind, value)
        if kind == "share":
            return self.percent(value)
        if kind == "p":
            return self.p(value)
        if kind in ("points", "ratio"):
            return self.decimal(value)
        return self.count(int(value))

    def count(self, value: int) -> str:
        """A whole number."""
        return str(format_decimal(value, locale=self.locale))

    def decimal(self, value: float) -> str:
        """A number with one decimal."""
        return str(format_decimal(value, "#,##0.0", locale=self.locale))

    def percent(self, value: float) -> str:
        """A share as a percentage, with a decimal only where it is small."""
        pattern = str(self.locale.percent_formats[None].pattern)
        shown = pattern if value == 0 or value >= 0.095 else pattern.replace("##0", "##0.0")
        return str(format_percent(value, shown, locale=self.locale))

    def p(self, value: float) -> str:
        """A p-value."""
        if value < _SMALL:
            return "< " + str(format_decimal(_SMALL, "0.000", locale=self.locale))
        return str(format_decimal(value, "0.000", locale=self.locale))

    def day(self, value: str) -> str:
        """A date from its ISO form; a month, a week or what is none as it is best read."""
        try:
            if len(value) == 7 and value[4] == "-" and value[5:].isdigit():
                return str(format_skeleton("yMMM", date.fromisoformat(f"{value}-01"), locale=self.locale))
            if len(value) == 8 and value[4:6] == "-W":
                value = date.fromisocalendar(int(value[:4]), int(value[6:]), 1).isoformat()
            return str(format_date(date.fromisoformat(value), "medium", locale=self.locale))
        except ValueError:
            return value

    def _text(self, kind: str, value: str) -> str:
        if kind == "weekday":
            return str(self.locale.days["stand-alone"]["wide"].get(int(value) - 1, value)) if value.isdigit() else value
        if kind == "hour":
            return f"{value}:00" if value.isdigit() else value
        if kind in ("date", "day", "period"):
            return self.say("week", day=self.day(value)) if "-W" in value else self.day(value)
        if kind == "language":
            return str(self.locale.languages.get(value, value))
        if kind == "families":
            named = [self.name("family", one) for one in value.split()]
            return ", ".join(named[:FAMILIES]) + (" …" if len(named) > FAMILIES else "")
        if kind == "ids":
            return ", ".join(value.split())
        return self.name(kind, value)


@cache
def _load(language: Language) -> dict[str, str | dict[str, str]]:
    assert language in LANGUAGES
    path = Path(__file__).parent / "words" / f"{language}.yml"
    said: dict[str, str | dict[str, str]] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return said
