"""Names of time zones, as the IANA data base has them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def checked_zone(name: str) -> str:
    """`name`, if there is such a time zone. Raises `ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; name one such as Europe/Warsaw") from None
    return name
