"""Values out of exported records: each the kind that is needed, or a reason that names the field and never its text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from coach.audit.conversation import Place

Record = Mapping[str, Any]
UNSAID = timezone(timedelta(), "no offset")
"""Stands for the zone of a time that was told without an offset, until `local` puts the team's in its place."""


class BadRecord(ValueError):
    """A record that cannot be used; the text says why and quotes nothing of it. `place`: where, if that is known better here."""

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(reason)
        self.place = place


def record(value: Any, name: str = "") -> dict[str, Any]:
    """A JSON object. Raises `BadRecord`."""
    if not isinstance(value, dict):
        raise BadRecord(f"{name}: an object is needed" if name else "not a JSON object")
    return value


def records(data: Record, name: str) -> list[dict[str, Any]]:
    """A list of objects; none if it is not there. Raises `BadRecord`."""
    values = data.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        raise BadRecord(f"{name}: a list is needed")
    return [record(value, f"{name}.{index}") for index, value in enumerate(values)]


def inner(data: Record, name: str) -> dict[str, Any]:
    """An object within an object; an empty one if it is not there. Raises `BadRecord`."""
    value = data.get(name)
    return {} if value is None else record(value, name)


def text(data: Record, name: str) -> str | None:
    """A string. Raises `BadRecord` for anything else, and for what no table can hold."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRecord(f"{name}: a string is needed")
    if not storable(value):
        raise BadRecord(f"{name}: has characters that are no text")
    return value


def word(data: Record, name: str) -> str | None:
    """A string or a number, as a string; None if it is not there or empty. Raises `BadRecord`."""
    value = data.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not storable(str(value)):
        raise BadRecord(f"{name}: a string or a number is needed")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def ident(data: Record, name: str) -> str:
    """A string or a number that must be there. Raises `BadRecord`."""
    value = word(data, name)
    if value is None:
        raise BadRecord(f"{name}: is missing")
    return value


def words(data: Record, name: str) -> tuple[str, ...]:
    """A list of short strings; objects in it are known by their `name`. Raises `BadRecord`."""
    values = data.get(name)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise BadRecord(f"{name}: a list is needed")
    given = [value.get("name", value.get("tag")) if isinstance(value, dict) else value for value in values]
    if not all(isinstance(value, str) and storable(value) for value in given):
        raise BadRecord(f"{name}: a list of strings is needed")
    return tuple(value for value in given if value)


def flag(data: Record, name: str) -> bool:
    """True or false; false if it is not there. Raises `BadRecord`."""
    value = data.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise BadRecord(f"{name}: true or false is needed")
    return value


def time(data: Record, name: str, form: str | None = None) -> datetime | None:
    """A time from ISO 8601, seconds since 1970, or `form` (as of strptime); without an offset its zone is `UNSAID`. Raises
    `BadRecord`."""
    value = data.get(name)
    if value is None or value == "":
        return None
    try:
        at = _time(value, form)
    except (ValueError, OverflowError, OSError):
        raise BadRecord(f"{name}: not a time") from None
    return at if 1900 <= at.year <= 2999 else None


def local(at: datetime, zone: tzinfo) -> datetime:
    """A time as the team's clock shows it: one without an offset is in `zone`, one in UTC is converted to it, others stay."""
    if at.tzinfo is UNSAID:
        return at.replace(tzinfo=zone)
    return at if at.utcoffset() else at.astimezone(zone)


def storable(value: str) -> bool:
    """Whether every table can hold it: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and (value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value))


def _time(value: Any, form: str | None) -> datetime:
    if isinstance(value, datetime):
        at = value
    elif isinstance(value, bool):
        raise ValueError
    elif isinstance(value, int | float):
        at = datetime.fromtimestamp(value / 1000 if abs(value) >= 1e11 else value, UTC)
    elif not isinstance(value, str):
        raise ValueError
    elif form:
        at = datetime.strptime(value.strip(), form)
    else:
        given = value.strip().removesuffix(" UTC")
        at = (
            datetime.fromtimestamp(float(given), UTC)
            if given.replace(".", "", 1).isdigit() and len(given) >= 9
            else datetime.fromisoformat(given)
        )
    return at.replace(tzinfo=UNSAID) if at.tzinfo is None else at
