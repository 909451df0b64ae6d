"""The customer's problem in words an agent can say: "your order 48213 came with a cracked lid".

Nothing is invented: a clause is taken over from the customer's own sentence if that tells of a known kind of trouble, or comes
from a topic of the pack whose words the customer used, or there is none. The words that decide it are language data
(`problem.yml`); a language without them has topics only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from coach.language_spec import ProblemWords
from coach.reading import Reader
from coach.segment import layout
from coach.sequence import History

FEWEST_WORDS, MOST_WORDS = 4, 15
_UNSAFE_SIGNS = re.compile(r"[?&\"“”@#<>{}*~|\\\u2600-\u27bf\U0001f000-\U0001ffff]|https?:")
_PAUSE = r"\s*(?:,|;|\s-\s|\(|:\s|\b(?:{})\b)"


def clause(past: History, reader: Reader) -> str | None:
    """The clause that names the problem, without a full stop; None where nothing safe can be said."""
    if not past.failure:
        return None
    words = reader.pack.problem
    own = _from_story(past.story, reader, words) if words else None
    if own:
        return own
    topics = reader.pack.customer.topics
    clauses = (topics[topic].clause for topic in past.topics if words is None or topic not in words.unnamed)
    return next((said for said in clauses if not past.words.isdisjoint(reader.content(said))), None)


@lru_cache(maxsize=2_000)
def _from_story(story: str, reader: Reader, words: ProblemWords) -> str | None:
    for piece in layout(story).pieces:
        said = turned(story[piece.start : piece.end], words)
        if said and reader.customer(said).problem:
            return said
    return None


@lru_cache(maxsize=8)
def _expressions(words: ProblemWords) -> tuple[re.Pattern[str], ...]:
    def any_of(names: tuple[str, ...]) -> str:
        return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    return tuple(
        re.compile(expression, re.IGNORECASE)
        for expression in (
            rf"^(?:(?:{any_of(words.lead)})\b[\s,.!:-]*)+",
            _PAUSE.format(any_of(words.cut)),
            rf"^(?:{any_of(words.start)})\b",
            rf"\b(?:{any_of(words.finite)})\b",
            rf"\b(?:{any_of(words.unsafe)})\b",
            rf"(?<!\w)(?:{'|'.join(words.trouble)})(?!\w)",
        )
    )


def turned(sentence: str, words: ProblemWords) -> str | None:
    """A customer's sentence as the agent would say it, or None where it is not plainly a short statement of what went wrong."""
    lead, cut, start, finite, unsafe, trouble = _expressions(words)
    text = lead.sub("", sentence.replace("’", "'").strip()).strip()
    pause = cut.search(text)
    text = (text[: pause.start()] if pause else text).rstrip(" .!…")
    said = text.split()
    if not FEWEST_WORDS <= len(said) <= MOST_WORDS or _UNSAFE_SIGNS.search(text) or unsafe.search(text):
        return None
    if not (start.match(text) and finite.search(text) and trouble.search(text)) or _loud(said) > 1:
        return None
    low = [word.lower().strip(",") for word in said]
    if low[-1] in words.dangling or any(word.partition("'")[0] in ("yours", *words.subject_you) for word in low[1:]):
        return None
    out: list[str] = []
    for index, word in enumerate(said):
        pair = f"{low[index - 1]} {low[index]}" if index else ""
        if pair in words.swap:
            out[-1:] = words.swap[pair].split()
        elif index == 0 and low[0] in words.subject_you:
            out.append(words.subject_you[low[0]])
        elif low[index] in words.swap:
            out.append(words.swap[low[index]])
        else:
            out.append(low[0] if index == 0 and word[:1].isupper() and word[1:].islower() else word)
    return " ".join(out)


def _loud(said: list[str]) -> int:
    return sum(word.isupper() and len(word) > 3 for word in said)
