"""Keys that tell whether two texts or two people are the same, without keeping either."""

from __future__ import annotations

import json
import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from coach.inputs import InputError

SECRET = "COACH_AUDIT_SECRET"
"""The variable that may hold the secret of pseudonyms; without it, it lies in a file of the user's data folder."""
SECRET_CHARACTERS = 32

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


def own_secret() -> bytes:
    """The secret that pseudonyms hang on: what `SECRET` holds, else a random one that is made on first use and kept in the user's data
    folder, for its owner only. Raises `InputError` where it is too short, can be read by others, or cannot be kept."""
    given = os.environ.get(SECRET)
    if given:
        if len(given) < SECRET_CHARACTERS:
            raise InputError(SECRET, f"at least {SECRET_CHARACTERS} characters are needed, or names could be guessed from pseudonyms")
        return given.encode("utf-8", "surrogateescape")
    path = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "reply-coach" / "audit-secret"
    try:
        return _kept_secret(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(str(path), f"the secret of pseudonyms cannot be kept there ({reason}); set {SECRET} to one") from None


def audit_secret(inputs: Sequence[str], own: bytes) -> bytes:
    """32 bytes for the pseudonyms of one audit: the same for the same `inputs` (digests of its files) and the same `own` secret, so
    that an audit can be made again, but two audits of different input cannot be joined."""
    return blake2b(json.dumps(list(inputs)).encode(), key=blake2b(own).digest(), digest_size=32).digest()


def secret_digest(secret: bytes) -> str:
    """Tells whether two audits have the same secret, and nothing about it."""
    return blake2b(secret, digest_size=16, person=b"audit secret").hexdigest()


def pseudonym(name: str, kind: str, secret: bytes) -> str:
    """Stands for a person; `secret` (up to 64 bytes) is one audit's, as `audit_secret` makes it."""
    return f"{kind}-{blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=6, key=secret).hexdigest()}"


def _kept_secret(path: Path) -> bytes:
    """The secret in that file, made if there is none; whole or not there, whoever else makes it at the same time."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        made.touch(0o600, exist_ok=False)
        try:
            made.write_text(secrets.token_hex(32) + "\n", "ascii")
            with suppress(FileExistsError):
                os.link(made, path)
        finally:
            made.unlink()
    if path.stat().st_mode & 0o077:
        raise InputError(str(path), f"others may read the secret of pseudonyms: chmod 600, or set {SECRET}")
    kept = path.read_bytes().strip()
    if len(kept) < SECRET_CHARACTERS:
        raise InputError(str(path), "is no secret of pseudonyms, or damaged; delete it for a new one: unfinished audits then start anew")
    return kept


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest()
