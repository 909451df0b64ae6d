"""Keys that tell whether two texts or two people are the same, without keeping either."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+|[@#]\w+")
_NUMBER = re.compile(r"\w*\d[\w.,:/-]*")
_BYTES = 8


def text_key(text: str) -> str:
    """The same for texts that differ in white space, case or the form of a letter only."""
    return _digest(_normal(text))


def template_key(text: str, head: int, tail: int) -> str:
    """The same for texts that differ in links, addresses, numbers, the greeting before `head` and the signature after `tail` as well."""
    body = text[head:tail] if head < tail else text
    for pattern, mark in ((_LINK, "<link>"), (_ADDRESS, "<address>"), (_NUMBER, "<number>")):
        body = pattern.sub(mark, body)
    return _digest(_normal(body))


def pseudonym(name: str, kind: str, secret: bytes) -> str:
    """Stands for a person; `secret` (up to 64 bytes) is one audit's, so that two audits cannot be joined by it."""
    return f"{kind}-{blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=6, key=secret).hexdigest()}"


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest()
