"""The report as one HTML page that asks nobody for anything: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coach.audit.report.advice_text import advice_text
from coach.audit.report.charts import Bar, bars, line
from coach.audit.report.figures import OTHER, Cell, Figures, Table
from coach.audit.report.first_replies import DIMENSIONS
from coach.audit.report.spikes import CALLED
from coach.audit.report.views import TableView, view
from coach.audit.report.wording import Wording
from coach.types import Language

FOLDER = Path(__file__).parent / "template"
SHOWN_FAULTS = 15
FEWEST_POINTS = 2


def page(figures: Figures, language: Language, version: str) -> str:
    """The page in that language."""
    wording = Wording(language)
    style = (FOLDER / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made = environment.get_template("report.html.j2").render(
        figures=figures,
        facts=figures.facts,
        least=figures.min_group,
        say=wording.say,
        name=wording.name,
        count=wording.count,
        percent=wording.percent,
        decimal=wording.decimal,
        p=wording.p,
        language=language,
        style=Markup(style),
        digest=digest,
        version=version,
        span=_span(figures, wording),
        broken=_broken(figures),
        advice=[(one, advice_text(one.rule, language)) for one in figures.advice],
        views=_views(figures, wording),
        charts=_charts(figures, wording),
        dimensions=DIMENSIONS,
        called=CALLED,
    )
    return made


def _views(figures: Figures, wording: Wording) -> dict[str, TableView]:
    ranked = [str(row["family"]) for row in figures.tables["faults"]][:SHOWN_FAULTS]
    wheres: dict[str, Callable[[dict[str, Cell]], bool]] = {
        "worst_examples": lambda row: row["severity"] != "hint" and row["family"] in ranked,
        "spikes": lambda row: isinstance(row["p_corrected"], float) and row["p_corrected"] <= CALLED,
    }
    rows = {"faults": 60, "worst_examples": 3 * SHOWN_FAULTS, "first_replies_by_period": 60, "promises_by_month": 60}
    shown = {name: view(table, wording, where=wheres.get(name), rows=rows.get(name, 20)) for name, table in figures.tables.items()}
    return {**shown, "worst_examples": view(_ranked(figures, ranked), wording, where=wheres["worst_examples"], rows=3 * SHOWN_FAULTS)}


def _ranked(figures: Figures, families: list[str]) -> Table:
    """The worst examples in the order of the faults they belong to."""
    table = figures.tables["worst_examples"]
    place = {family: number for number, family in enumerate(families)}
    rows = sorted(table.rows, key=lambda row: place.get(str(row[0]), len(place)))
    return Table(table.name, table.columns, tuple(rows), table.hidden)


def _charts(figures: Figures, wording: Wording) -> dict[str, Markup]:
    tables, made, locale = figures.tables, dict[str, Markup](), wording.locale
    funnel = [_bar(row, wording.name("step", str(row["step"])), wording) for row in tables["funnel"]]
    if funnel:
        made["funnel"] = bars(funnel, wording.say("funnel.axis"), wording.say("funnel.chart"), locale, most=115)
    faults = [_points(row, wording) for row in tables["faults"]][:SHOWN_FAULTS]
    if faults:
        most = 1.15 * max(bar.high or bar.value for bar in faults)
        made["faults"] = bars(faults, wording.say("faults.axis"), wording.say("faults.chart"), locale, most=most)
    periods = [row for row in tables["first_replies_by_period"] if row["period"] != OTHER]
    if len(periods) >= FEWEST_POINTS:
        points = [_bar(row, wording.day(str(row["period"])), wording) for row in periods]
        made["period"] = line(points, wording.say("first.axis"), wording.say("first.chart"), locale)
    hours = [row for row in tables["first_replies_by_hour"] if row["hour"] != OTHER]
    if len(hours) >= FEWEST_POINTS:
        points = [_bar(row, wording.cell("hour", row["hour"]), wording) for row in hours]
        made["hour"] = line(points, wording.say("first.axis"), wording.say("first.hours"), locale)
    promises = [
        Bar(wording.name("state", str(row["state"])), n, None, None, wording.count(n))
        for row in tables["promises"]
        if isinstance(n := row["promises"], int)
    ]
    if promises:
        most = 1.15 * max(bar.value for bar in promises)
        made["promises"] = bars(promises, wording.say("promises.axis"), wording.say("promises.chart"), locale, most=most)
    return made


def _bar(row: dict[str, Any], name: str, wording: Wording) -> Bar:
    return Bar(name, 100 * row["share"], 100 * row["low"], 100 * row["high"], wording.percent(row["share"]))


def _points(row: dict[str, Any], wording: Wording) -> Bar:
    return Bar(wording.name("family", row["family"]), row["per_100"], row["low"], row["high"], wording.decimal(row["per_100"]))


def _span(figures: Figures, wording: Wording) -> str | None:
    first, last = figures.facts["earliest"], figures.facts["latest"]
    return wording.say("span", first=wording.day(str(first)), last=wording.day(str(last))) if first and last else None


def _broken(figures: Figures) -> tuple[int, int]:
    """Promises with a date that were not kept in time, and all of those whose end is known."""
    counts = {str(row["state"]): int(str(row["promises"])) for row in figures.tables["promises"]}
    broken = counts.get("late", 0) + counts.get("overdue", 0)
    return broken, broken + counts.get("kept", 0)
