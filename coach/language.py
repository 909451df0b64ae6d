"""Which of the three languages a draft is in, by a small offline model (py3langid, BSD)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from coach.types import LANGUAGES, Language, Turn

BLOCK, MOST = 40, 400  # a draft is looked at in blocks, so that a keystroke rarely asks the model
_NOISE = re.compile(r"https?:\S+|\S{1,64}@\S+|[#@^]\w+|\d+")


def detect_language(text: str, turns: tuple[Turn, ...] = ()) -> Language:
    """The language of `text`; of its conversation where the text is too short to tell."""
    if len(text) >= BLOCK:
        return _of(text[: min(MOST, len(text) // BLOCK * BLOCK)]) or _of_turns(turns) or "en"
    return _of_turns(turns) or _of(text) or "en"


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
