"""Who may come in: web origins and API keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Access:
    """Checks origins and keys. Without keys everyone is let in; a page of the service itself always passes as an origin."""

    def __init__(self, origins: Iterable[str] = (), keys: Iterable[str] = ()) -> None:
        self._origins = frozenset(origins)
        self._keys = tuple(_digest(key) for key in keys)

    @property
    def keyed(self) -> bool:
        """Whether a key is needed."""
        return bool(self._keys)

    def knows(self, key: str) -> bool:
        """Whether `key` is one of the keys; takes the same time whichever it is."""
        digest = _digest(key)
        return sum(hmac.compare_digest(digest, known) for known in self._keys) > 0

    def key_in(self, headers: Headers) -> str | None:
        """The key in `Authorization: Bearer` or `X-API-Key`, if any."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        return credentials.strip() if scheme.lower() == "bearer" else headers.get("x-api-key")

    def lets_in(self, headers: Headers) -> bool:
        """Whether the headers hold a right key, or none is needed."""
        if not self._keys:
            return True
        key = self.key_in(headers)
        return key is not None and self.knows(key)

    def foreign(self, headers: Headers) -> bool:
        """Whether a web page that is neither ours nor configured asks. What is no browser sends no `Origin`."""
        origins = headers.getlist("origin")
        if not origins:
            return False
        return len(origins) > 1 or not (self.configured(origins[0]) or _own(origins[0].lower(), headers.get("host", "").lower()))

    def configured(self, origin: str) -> bool:
        """Whether `origin` is configured: its pages may read answers too."""
        return "*" in self._origins or origin.lower() in self._origins


def _own(origin: str, host: str) -> bool:
    scheme, _, place = origin.partition("://")
    port = _DEFAULT_PORTS.get(scheme)
    return port is not None and bool(host) and place.removesuffix(port) == host.removesuffix(port)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
