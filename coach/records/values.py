"""Records and edits as JSON values, and back. Times are ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from coach.records.case import CaseRecord, Edits

_RECORD: TypeAdapter[CaseRecord] = TypeAdapter(CaseRecord)
_EDITS: TypeAdapter[Edits] = TypeAdapter(Edits)
Values = dict[str, Any]


def record_values(record: CaseRecord) -> Values:
    """A record as JSON values."""
    values: Values = _plain(asdict(record))
    return values


def record_from(values: Mapping[str, Any]) -> CaseRecord:
    """The record that `record_values` made; fields that this version does not know are left out."""
    return _RECORD.validate_python(values)


def edits_values(edits: Edits) -> Values:
    """What edits say, as JSON values."""
    values: Values = _plain(edits.given())
    return values


def edits_from(values: Mapping[str, Any]) -> Edits:
    """The edits that `edits_values` made."""
    return _EDITS.validate_python(values)


def moment(at: datetime | None) -> str | None:
    """A time as it is written."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
