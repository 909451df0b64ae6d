"""Which of the three languages a draft is in, by a small offline model (py3langid, BSD)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from coach.types import LANGUAGES, Language, Turn

ENOUGH, BLOCK, MOST = 36, 40, 400  # a sample grows in blocks, so that a keystroke rarely asks the model
_NOISE = re.compile(r"https?:\S+|\S+@\S+|[#@^]\w+|\d+")


def detect_language(text: str, turns: tuple[Turn, ...] = ()) -> Language:
    """The language of `text`; of the newest turns where the text alone is too short to tell."""
    sample = _clean(text)
    for turn in reversed(turns):
        if len(sample) >= ENOUGH:
            break
        sample = f"{sample} {_clean(turn.text)}".strip()
    if len(sample) < 3:
        return "en"
    return _classified(sample[: min(MOST, max(BLOCK, len(sample) // BLOCK * BLOCK))])


def _clean(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text).split())


@lru_cache(maxsize=4096)
def _classified(sample: str) -> Language:
    found, _ = _identifier().classify(sample)
    return next((language for language in LANGUAGES if language == found), "en")


@cache
def _identifier() -> LanguageIdentifier:
    identifier: LanguageIdentifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier
