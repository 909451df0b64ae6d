"""Turkish and Polish words typed without their letters ("cok ozur dilerim"), as they are spelled: the classifier knows these better.

What is restored is only ever read, never shown or stored."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coach.text import capital, unaccented

SURE = 2  # words; of our sentences that are spelled right and have none of the letters 2 in 100 hold two of them
SURE_ALONE = {"tr": 6}  # letters of one word that is enough; not in Polish, where endings alone make two words one
_WORD = re.compile(r"[^\W\d_]+")


class Letters:
    """The words of a language that have letters of its own: `words` maps the plain word to the spelled one, both in lower case."""

    def __init__(self, words: Mapping[str, str], language: str) -> None:
        self._words, self._language = words, language

    def lost(self, text: str) -> bool:
        """Whether `text` was typed without these letters: it has none of them, and words that should have."""
        return unaccented(text) == text and any(word.lower() in self._words for word in _WORD.findall(text))

    def missing(self, text: str) -> bool:
        """Whether `text` was surely typed without these letters: a single short word may stand for another one that has none."""
        if unaccented(text) != text:
            return False
        found = [word for word in _WORD.findall(text) if word.lower() in self._words]
        alone = SURE_ALONE.get(self._language)
        return len(found) >= SURE or (alone is not None and any(len(word) >= alone for word in found))

    def restored(self, text: str) -> str:
        """`text` with its known words as they are spelled; same length."""
        return _WORD.sub(self._spelled, text)

    def _spelled(self, found: re.Match[str]) -> str:
        word = found[0]
        spelled = self._words.get(word.lower())
        if spelled is None:
            return word
        first = capital(spelled[0], self._language) if word[0].isupper() else spelled[0]
        if len(word) > 1 and word.isupper():
            return first + "".join(capital(letter, self._language) for letter in spelled[1:])
        return first + spelled[1:]
