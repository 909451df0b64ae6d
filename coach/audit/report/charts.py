"""Charts as static SVG, drawn by Vega-Lite: no script, no style attribute; the page's colours come in through CSS variables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert
from babel import Locale
from markupsafe import Markup, escape

WIDTH = 380
STEP = 26
PADDING = {"left": 18, "right": 12, "top": 5, "bottom": 5}
_ROLES = re.compile(r' (?:role|aria-[a-z]+|class)="[^"]*"')  # the picture as a whole has a name, its parts are in the table beside it
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its range, and how it is written out; `low` and `high` None where there is no range."""

    name: str
    value: float
    low: float | None
    high: float | None
    label: str


def bars(rows: Sequence[Bar], axis: str, title: str, locale: Locale, *, most: float | None = None) -> Markup:
    """Horizontal bars with their ranges, in the order given. `most`: where the axis ends."""
    return _drawn(
        {
            "height": {"step": STEP},
            "data": {"values": [_values(row) for row in rows]},
            "encoding": {"y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 170}}},
            "layer": [
                {"mark": {"type": "bar", "color": "var(--bar)", "height": {"band": 0.62}}, "encoding": {"x": _axis("value", axis, most)}},
                {
                    "mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1.5},
                    "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 5, "color": "var(--ink)", "fontSize": 12},
                    "encoding": {"x": {"field": "end", "type": "quantitative"}, "text": {"field": "label"}},
                },
            ],
        },
        title,
        locale,
    )


def line(rows: Sequence[Bar], axis: str, title: str, locale: Locale) -> Markup:
    """Points in the order given, joined by a line, with their ranges; the axis goes from 0 to 100."""
    x = {
        "field": "name",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": -45, "labelOverlap": True, "labelLimit": 90},
    }
    return _drawn(
        {
            "height": 200,
            "data": {"values": [_values(row) for row in rows]},
            "encoding": {"x": x},
            "layer": [
                {
                    "mark": {"type": "rule", "color": "var(--range)", "strokeWidth": 5, "strokeCap": "round"},
                    "encoding": {"y": _axis("low", axis, 100), "y2": {"field": "high"}},
                },
                {"mark": {"type": "line", "color": "var(--bar)", "strokeWidth": 2}, "encoding": {"y": _axis("value", axis, 100)}},
                {
                    "mark": {"type": "point", "color": "var(--bar)", "fill": "var(--bar)", "size": 36, "opacity": 1},
                    "encoding": {"y": _axis("value", axis, 100)},
                },
            ],
        },
        title,
        locale,
    )


def _values(row: Bar) -> dict[str, Any]:
    end = row.value if row.high is None else row.high
    return {"name": row.name, "value": row.value, "low": row.low, "high": row.high, "end": end, "label": row.label}


def _axis(field: str, title: str, most: float | None) -> dict[str, Any]:
    scale = {"domainMin": 0} if most is None else {"domain": [0, most]}
    return {"field": field, "type": "quantitative", "title": title, "scale": {**scale, "nice": most is None}, "axis": {"tickCount": 5}}


def _drawn(spec: dict[str, Any], title: str, locale: Locale) -> Markup:
    config = {
        "aria": False,
        "background": None,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": "var(--ink)", "titleColor": "var(--soft)", "domainColor": "var(--line)", "tickColor": "var(--line)",
            "gridColor": "var(--line)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelFlush": False,
        },
    }  # fmt: skip
    numbers = {
        "decimal": locale.number_symbols["latn"]["decimal"],
        "thousands": locale.number_symbols["latn"]["group"],
        "grouping": [3],
        "currency": ["", ""],
    }
    whole = {
        "$schema": _SCHEMA,
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": PADDING,
        "config": config,
        **spec,
    }
    svg = vl_convert.vegalite_to_svg(whole, format_locale=numbers, allowed_base_urls=[])
    box = _ROLES.sub("", svg[svg.index('viewBox="') :])
    return Markup(f'<svg role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg" {box}')
