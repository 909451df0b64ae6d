"""`letters.json` of the weights: how the words of the training text are spelled that lose letters on a plain keyboard.

python -m models.letters --weights models/weights
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from coach.classify import CARD, LETTERS
from coach.text import fold, unaccented
from models.corpus import Item, items, part

_WORD = re.compile(r"[^\W\d_]+")


def spellings(known: Iterable[Item]) -> dict[str, dict[str, str]]:
    """By language, plain word to the spelling that is most frequent in texts that do use the letters of their language; words that are
    mostly plain are left out."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for item in known:
        for text in [*(str(turn["text"]) for turn in item.turns), *(said.text for said in item.draft)]:
            if item.language != "en" and unaccented(text) != text:
                for word in _WORD.findall(text):
                    spelled = fold(word, item.language)
                    seen[item.language][unaccented(spelled)][spelled] += 1
    most = {language: {plain: found.most_common(1)[0][0] for plain, found in words.items()} for language, words in seen.items()}
    return {language: {plain: word for plain, word in sorted(words.items()) if word != plain} for language, words in sorted(most.items())}


def write_letters(folder: Path) -> None:
    """Write the file, from the training part."""
    found = spellings(item for item in items() if part(item) == "train")
    (folder / LETTERS).write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def main() -> None:
    """Write the file beside weights that are there, and its checksum into their card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("models/weights"))
    options = parser.parse_args()
    write_letters(options.weights)
    card = json.loads((options.weights / CARD).read_text(encoding="utf-8"))
    card["files"][LETTERS] = hashlib.sha256((options.weights / LETTERS).read_bytes()).hexdigest()
    (options.weights / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
