"""What a text must hold for a regular expression to match it, so that most expressions need not be tried: one look costs a hundredth.

Read off the expression's parse tree (`re._parser`, private to Python: without it, or where nothing certain can be said, the expression
is always tried)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FEWEST = 2
_SAME = str.maketrans({"İ": "i", "ı": "i", "ſ": "s", "\u212a": "k", "\u212b": "å", "ς": "σ"})  # equal to Python's IGNORECASE
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Screen:
    """`digit`: there must be one; `words`: one of these must be in the folded text (none: any text will do)."""

    digit: bool = False
    words: tuple[str, ...] = ()

    def lets(self, text: str, digit: bool) -> bool:
        """Whether the expression may match a text, `folded`, and whether it has a `digit`."""
        if self.digit and not digit:
            return False
        if not self.words:
            return True
        for word in self.words:
            if word in text:
                return True
        return False


def folded(text: str) -> str:
    """The text as `Screen.lets` looks at it."""
    return text.lower() if text.isascii() else text.translate(_SAME).lower().translate(_SAME)


def digits(text: str) -> bool:
    """Whether there is a digit."""
    return _DIGIT.search(text) is not None


def screen(expression: re.Pattern[str]) -> Screen:
    """The screen of an expression."""
    try:
        from re import _parser

        parsed = _parser.parse(expression.pattern, expression.flags)
    except (ImportError, AttributeError, re.error):
        return Screen()
    digit, words = _needs(parsed)
    return Screen(digit, tuple(sorted(words)))


def _needs(items: Iterable[tuple[Any, Any]]) -> tuple[bool, frozenset[str]]:
    """Whether a digit stands in whatever a sequence matches, and words one of which does."""
    digit, best = False, frozenset[str]()
    run = ""
    for kind, value in (*items, (None, None)):
        name = str(kind)
        if name == "LITERAL":
            run += chr(value)
            digit = digit or chr(value).isdecimal()
            continue
        if len(folded(run)) >= FEWEST or (run and not run.isalnum()):
            best = _better(best, frozenset((folded(run),)))
        run = ""
        inner: tuple[bool, frozenset[str]] = (False, frozenset())
        if name == "IN":
            inner = (all((str(sort), str(what)) == ("CATEGORY", "CATEGORY_DIGIT") for sort, what in value), frozenset())
        elif name == "SUBPATTERN":
            inner = _needs(value[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
            inner = _needs(value[2])
        elif name == "ATOMIC_GROUP":
            inner = _needs(value)
        elif name == "BRANCH":
            ways = [_needs(way) for way in value[1]]
            inner = (
                all(way[0] for way in ways),
                frozenset().union(*(way[1] for way in ways)) if all(way[1] for way in ways) else frozenset(),
            )
        digit, best = digit or inner[0], _better(best, inner[1])
    return digit, best


def _better(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The words that say more: those whose shortest is longer."""
    if not one or not other:
        return one or other
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))
