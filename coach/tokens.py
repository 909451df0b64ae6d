"""From a text to its tokens: spaCy's tokenizer with our folding and chat spellings, and what is needed of its tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import spacy
from spacy.attrs import IDX, LENGTH, NORM
from spacy.language import Language
from spacy.symbols import ORTH
from spacy.tokens import Doc

from coach.notation import Row
from coach.text import norm

WORDS_KEPT = 100_000  # spaCy keeps every word for good; beyond these, words live as long as their sentence is read
TENSED = ("did", "had")


def tokenizer(language: str, norms: Mapping[str, str], abbreviations: Iterable[str]) -> Language:
    """A blank spaCy pipeline whose tokens' NORM is folded by `language`; `norms` maps chat spellings to plain words."""
    nlp = spacy.blank(language)

    def fold(text: str) -> str:
        plain = norm(text, language)
        return norms.get(plain, plain)

    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {NORM: fold}
    for lexeme in vocab:
        lexeme.norm_ = fold(lexeme.orth_)
    splitter: Any = nlp.tokenizer
    for word, parts in list(splitter.rules.items()):
        if parts[0][ORTH].lower() in TENSED and len(parts) > 1:  # spaCy reads "didn't" as "do not", "hadn't" as "have not"
            splitter.add_special_case(word, [{**parts[0], NORM: parts[0][ORTH].lower()}, *parts[1:]])
    for word in abbreviations:
        splitter.add_special_case(word, [{ORTH: word}])
    return nlp


def tokens(doc: Doc, words: dict[int, str]) -> tuple[Row, list[tuple[int, int]]]:
    """The norms of the tokens and their places (start, end character). `words` keeps one string of each norm: its hash is known."""
    norms, places = [], []
    for key, start, length in doc.to_array([NORM, IDX, LENGTH]).tolist():
        word = words.get(key)
        if word is None:
            word = str(doc.vocab.strings[key])
            if len(words) < WORDS_KEPT:
                words[key] = word
        norms.append(word)
        places.append((start, start + length))
    return tuple(norms), places
