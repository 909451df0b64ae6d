"""A record for people, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coach.records.values import Values
from coach.types import STEPS

WIDE = 16


def record_lines(values: Values) -> Iterator[str]:
    """The lines of a record as `coach.records.sheet` gives it."""
    name = f"{values['conversation']}" + (f"  [{values['id']}]" if "id" in values else "")
    yield f"{name}  {values['language']}  {values['failure']}, {values['severity']}" + ("  confirmed" if values["confirmed"] else "")
    cause, heat, seen = values["cause"], values["heat"], values["seen_before"]
    yield from _pair("what went wrong", _words(values["problem"]) or "not told")
    told = f"{cause['kind'] or 'not told'}; control: {cause['control'] or 'not told'}"
    yield from _pair("cause", told + (f"; “{cause['said']['words']}”" if cause["said"] else ""))
    yield from _list("done", [f"{act['words']}" + (f" ({act['remedy']})" if act["remedy"] else "") for act in values["done"]])
    yield from _list("extra mile", [said["words"] for said in values["extra_mile"]])
    yield from _list("prevention", [said["words"] for said in values["prevention"]])
    yield from _list("promises", [f"{one['words']} ({one['state']}, due {one['due'] or 'at no date'})" for one in values["promises"]])
    yield from _pair("wish", values["wish"] or "not told")
    yield from _pair(
        "heat",
        f"{heat['first']} at first, {heat['peak']} at worst, {heat['last']} at last" + ("; satisfied" if values["satisfied"] else ""),
    )
    before = ["in this conversation"] if seen["in_conversation"] else []
    before += [f"{one['failure']} ({one['closed_at'] or 'undated'}, by {one['by']}, {one['id']})" for one in seen["records"]]
    yield from _list("seen before", before or ["no"])
    yield from _pair("orders", ", ".join(values["orders"]) or "none told")
    yield from _pair("steps reached", ", ".join(step for step in STEPS if values["steps"].get(step) is not None) or "none")
    yield from _pair("still missing", ", ".join(values["gaps"]) or "nothing")
    if values["note"]:
        yield from _pair("note", values["note"])


def due_line(values: Values) -> str:
    """A follow-up in one line."""
    return f"{values['due']}  {values['conversation']}  {values['failure']}  {values['words']}  [{values['record']} {values['number']}]"


def _words(said: Any) -> str:
    return said["words"] if said else ""


def _pair(name: str, value: str) -> Iterator[str]:
    yield f"  {name:<{WIDE}} {value}"


def _list(name: str, values: list[str]) -> Iterator[str]:
    for number, value in enumerate(values or ["none"]):
        yield f"  {name if number == 0 else '':<{WIDE}} {value}"
