"""Which of the three languages a draft is in, and which sentences are not in it, by a small offline model (py3langid, BSD)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from coach.types import LANGUAGES, Language, Turn

SHORT, BLOCK, MOST = 16, 40, 400  # a draft is looked at in blocks, so that a keystroke rarely asks the model
_WORD = re.compile(r"\w+")
_NOISE = re.compile(r"https?:\S+|\S{1,64}@\S+|[#@^]\w+|\d+")


def detect_language(text: str, turns: tuple[Turn, ...] = ()) -> Language:
    """The language of `text`; of its conversation where the text is too short to tell."""
    if len(text) >= BLOCK:
        return _of(text[: min(MOST, len(text) // BLOCK * BLOCK)]) or _of_turns(turns) or "en"
    return _plain(text) or _of_turns(turns) or (_of(text) if len(text) >= SHORT else None) or "en"


def other_language(sentence: str, language: Language) -> Language | None:
    """The language of a sentence that is plainly not in `language`: the model says so, and it holds several function words of the
    other, hardly one of `language` (some are spelled alike). A name, a button's label or a greeting is no such sentence."""
    held = _held(sentence)
    best = max(LANGUAGES, key=held.__getitem__)
    plain = best != language and held[best] >= max(2, 1 + 2 * held[language])
    return best if plain and _of(sentence) == best else None


@lru_cache(maxsize=4096)
def _plain(text: str) -> Language | None:
    """The language whose commonest words a short text plainly holds."""
    held = _held(text)
    best = max(LANGUAGES, key=held.__getitem__)
    return best if held[best] >= 2 and held[best] > max(count for language, count in held.items() if language != best) else None


def _held(text: str) -> dict[Language, int]:
    """How many function words of each language a text holds."""
    words = _WORD.findall(text.lower())
    return {language: sum(map(_stop(language).__contains__, words)) for language in LANGUAGES}


@cache
def _stop(language: Language) -> frozenset[str]:
    return frozenset(import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS)


@lru_cache(maxsize=1024)
def _of_turns(turns: tuple[Turn, ...]) -> Language | None:
    return _of(" ".join(turn.text[:MOST] for turn in reversed(turns[-3:]))[:MOST])


@lru_cache(maxsize=4096)
def _of(text: str) -> Language | None:
    sample = " ".join(_NOISE.sub(" ", text).split())
    if sum(map(str.isalpha, sample)) < 2:
        return None
    found, _ = _identifier().classify(sample)
    return next((language for language in LANGUAGES if language == found), None)


@cache
def _identifier() -> LanguageIdentifier:
    identifier: LanguageIdentifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier
