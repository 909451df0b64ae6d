"""Who a record is about, without saying who: keyed hashes (HMAC-SHA-256) of conversation, customer, order, and of what was masked."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

SHORTEST_SECRET = 16
Kind = Literal["conversation", "customer", "order", "hidden name", "hidden customer", "hidden order"]


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes the keys; without `secret` nobody can tell whether a key is somebody's."""

    secret: str = field(repr=False)

    def of(self, kind: Kind, value: str) -> str:
        """The key of a value: 64 hexadecimal digits; for all but conversations the same in any case and with any blanks."""
        plain = value if kind == "conversation" else " ".join(unicodedata.normalize("NFKC", value).casefold().split())
        return hmac.new(self.secret.encode(), f"{kind}\0{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
