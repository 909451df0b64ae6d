"""The customer's problem in words an agent can say: "your order 48213 came with a cracked lid". Nothing is invented:
a clause is taken over from the customer's own sentence, or comes from a topic of the pack, or there is none."""

from __future__ import annotations

import re
from functools import lru_cache

from coach.reading import Reader
from coach.segment import layout
from coach.sequence import History

MOST_WORDS, FEWEST_WORDS = 15, 4
_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|but|well|please|guys|team|there|look|listen|yes|no|still|again|actually|basically|sorry|good (?:morning|afternoon|evening|day))\b[\s,.!:-]*)+",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s*(?:,|;|\s-\s|\(|:\s|\b(?:and|but|so|because|since|which|although|though|even though|can you|could you|please|what|why|how)\b)", re.IGNORECASE)
_START = re.compile(
    r"^(?:my|our|the|your|i|i'm|i've|we|we've|we're|you|there (?:is|are|was|were)|order|booking|parcel|package|invoice|flight)\b", re.IGNORECASE
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|i'm|we're|has|have|had|i've|we've|isn't|aren't|wasn't|weren't|hasn't|haven't|hadn't|didn't|doesn't|don't|won't|can't|cannot|couldn't|"
    r"came|got|keeps|kept|went|broke|lost|never|says|shows|took|fell|stopped|arrived|crashed|charged|cancelled|canceled|billed|missed|failed|disappeared|froze|expired|leaked|delivered|deleted|blocked|locked|overcharged|double-charged|ran|sent|gave|left)\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    r"[?\"“”@#<>{}*]|https?:|\b(?:fuck\w*|shit\w*|damn|hell|crap\w*|wtf|stupid|idiot\w*|useless|ridiculous|pathetic|joke|scam\w*|thie\w+|steal\w*|stole|rip\w*|awful|terrible|horrible|"
    r"worst|hate|want|wants|need|needs|wish|hope|think|thought|believe|guess|wonder\w*|ask\w*|tell|know|would|should|could|if|when|love|like|lawyer|sue|fault|fix|help|someone|somebody|anyone|thanks|thank|it|this|that|they|them|these|those|he|she|his|her)\b",
    re.IGNORECASE,
)
_SWAP = {
    "i": "you", "i'm": "you're", "im": "you're", "i've": "you've", "ive": "you've", "i'd": "you'd", "my": "your", "mine": "yours", "me": "you",
    "myself": "yourself", "we": "you", "we're": "you're", "we've": "you've", "our": "your", "ours": "yours", "us": "you", "ourselves": "yourselves", "am": "are",
}  # fmt: skip


def clause(past: History, reader: Reader) -> str | None:
    """The clause that names the problem, without a full stop; None where nothing safe can be said."""
    if not past.failure:
        return None
    own = _from_story(past.story) if reader.pack.language == "en" else None
    if own:
        return own
    for topic in past.topics:
        return reader.pack.customer.topics[topic].clause
    return None


@lru_cache(maxsize=2_000)
def _from_story(story: str) -> str | None:
    for piece in layout(story).pieces:
        said = _turned(story[piece.start : piece.end])
        if said:
            return said
    return None


def _turned(sentence: str) -> str | None:
    """A customer's sentence as the agent would say it, or None."""
    text = _LEAD.sub("", sentence.replace("’", "'").strip()).strip()
    cut = _CUT.search(text)
    if cut:
        text = text[: cut.start()]
    text = text.rstrip(" .!…")
    words = text.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or not _START.match(text) or not _FINITE.search(text) or _UNSAFE.search(text):
        return None
    if not sentence.rstrip().endswith((".", "!", "…")) and not cut and not sentence[-1:].isalnum():
        return None
    subject = words[0].lower()
    if sum(word.isupper() and len(word) > 3 for word in words) > 1:
        return None
    if any(word.lower().strip(",") in ("you", "your", "you're", "you've", "yours") for word in words[1:]):
        return None
    turned = []
    for index, word in enumerate(words):
        low = word.lower()
        if index == 0 and subject in ("you", "your"):
            turned.append("we" if subject == "you" else "our")
        elif low in _SWAP:
            turned.append(_SWAP[low])
        elif low == "was" and index and words[index - 1].lower() == "i":
            turned.append("were")
        elif low == "wasn't" and index and words[index - 1].lower() == "i":
            turned.append("weren't")
        elif index == 0 and word[:1].isupper() and word[1:].islower():
            turned.append(low)
        else:
            turned.append(word)
    return " ".join(turned)
