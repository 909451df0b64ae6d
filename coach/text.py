"""Characters: folding that keeps length, UTF-16 offsets, web addresses. The only module that knows about any of them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

_SAME = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00a0": " ", "\u202f": " "}
_PLAIN = {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "đ": "d", "ð": "d"}


class _Table(dict[int, str]):
    """A `str.translate` table that is filled as characters turn up; every entry is one code point."""

    def __init__(self, language: str, plain: bool) -> None:
        super().__init__()
        self.language, self.plain = language, plain

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if self.language == "tr" and char in "Iİ":
            low = "ı" if char == "I" else "i"
        else:
            low = char.lower()
        low = _SAME.get(low, low)
        if len(low) != 1:
            low = low[0] if low[:1] == "i" else char
        if self.plain:
            base = unicodedata.normalize("NFD", low)[:1]
            low = _PLAIN.get(low, base if base.isascii() and base.isalnum() else low)
        self[code] = low
        return low


_TABLES = {(language, plain): _Table(language, plain) for language in ("en", "tr", "pl") for plain in (False, True)}


ADDRESS = r"(?:https?://|www\.)\S++"
_ADDRESS = re.compile(ADDRESS)
_LETTERS = str.maketrans("çğıöşüâîûąćęłńóśźżÇĞİÖŞÜÂÎÛĄĆĘŁŃÓŚŹŻ", "cgiosuaiuacelnoszzCGIOSUAIUACELNOSZZ")


def fold(text: str, language: str) -> str:
    """Lower-case `text` by the rules of `language` (Turkish `I→ı`, `İ→i`), quotes and dashes made plain; same length as `text`."""
    return text.translate(_TABLES[language, False])


def norm(text: str, language: str) -> str:
    """`fold`, without diacritics: what people type who have no Turkish or Polish keyboard; same length as `text`."""
    return text.translate(_TABLES[language, True])


def unaccented(text: str) -> str:
    """`text` with the plain Latin letters that people type who have no Turkish or Polish keyboard (ş→s, ı→i, İ→I, ł→l); same length."""
    return text.translate(_LETTERS)


def capital(letter: str, language: str) -> str:
    """`letter` as a capital by the rules of `language` (Turkish `i→İ`)."""
    return "İ" if language == "tr" and letter == "i" else letter.upper()


class Utf16:
    """Offsets of one text, code points to UTF-16 code units and back. Free for text inside the basic plane."""

    __slots__ = ("_astral", "length")

    def __init__(self, text: str) -> None:
        self._astral = [] if text.isascii() else [i for i, char in enumerate(text) if ord(char) > 0xFFFF]
        self.length = len(text) + len(self._astral)

    def units(self, point: int) -> int:
        """The code-unit offset of code-point offset `point`."""
        return point + bisect_right(self._astral, point - 1)

    def point(self, unit: int) -> int:
        """The code-point offset of code-unit offset `unit`; one inside a surrogate pair gives the pair's start."""
        low = 0
        for index, at in enumerate(self._astral):
            if at + index >= unit:
                break
            low = index + 1
            if at + index + 1 == unit:
                return at
        return unit - low


def unlinked(text: str) -> str:
    """`text` with the word "link" for every address: dozens of word pieces that mean no more."""
    return _ADDRESS.sub("link", text) if "/" in text or "www." in text else text
