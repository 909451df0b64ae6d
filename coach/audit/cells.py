"""Text in a cell of a CSV file."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text
