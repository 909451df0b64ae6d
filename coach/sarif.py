"""Findings as SARIF 2.1.0, for code hosts and editors. Offsets and columns are UTF-16 code units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from coach.inputs import Source
from coach.text import Utf16
from coach.text_report import Lines
from coach.types import Finding, Review, RuleInfo, Severity, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "hint": "note"}


def log(reviewed: Iterable[tuple[Source, Review]], rules: Sequence[RuleInfo], version: str, everything: bool) -> dict[str, Any]:
    """One SARIF log with one run; quiet findings only if `everything`. `rules`: what the reviews' languages have."""
    known: dict[str, RuleInfo] = {}
    for rule in rules:
        known.setdefault(rule.id, rule)
    numbers = {rule: number for number, rule in enumerate(known)}
    results: list[dict[str, Any]] = []
    artifacts: dict[str, int] = {}
    for source, review in reviewed:
        uri = _uri(source.path)
        artifacts.setdefault(uri, len(artifacts))
        places = _Places(source, {"uri": uri, "index": artifacts[uri]})
        results += [_result(finding, numbers, places) for finding in review.findings if finding.visible or everything]
    driver = {"name": "Reply Coach", "version": version, "rules": [_rule(rule) for rule in known.values()]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "artifacts": [{"location": {"uri": uri}, "encoding": "utf-8"} for uri in artifacts],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


class _Places:
    """Where findings of one draft lie. A draft inside a JSON file is placed at its line there, and in the draft by properties."""

    def __init__(self, source: Source, artifact: dict[str, Any]) -> None:
        self._artifact = artifact
        self._lines = Lines(source.draft.text)
        self._units = Utf16(source.draft.text)
        self._source = source

    def region(self, start: int, end: int) -> dict[str, Any]:
        units, lines = self._units, self._lines
        (first, _), (last, _) = lines.place(start), lines.place(end)
        return {
            "startLine": first,
            "startColumn": units.units(start) - units.units(lines.start(first)) + 1,
            "endLine": last,
            "endColumn": units.units(end) - units.units(lines.start(last)) + 1,
            "charOffset": units.units(start),
            "charLength": units.units(end) - units.units(start),
        }

    def location(self, span: Span | None) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self._artifact}
        place: dict[str, Any] = {"physicalLocation": physical}
        if self._source.whole_file:
            if span is not None:
                physical["region"] = self.region(span.start, span.end)
            return place
        if self._source.line is not None:
            physical["region"] = {"startLine": self._source.line}
        place["logicalLocations"] = [{"fullyQualifiedName": self._source.name, "kind": "object"}]
        if span is not None:
            place["properties"] = {"draftRegion": self.region(span.start, span.end)}
        return place

    def fixes(self, finding: Finding) -> list[dict[str, Any]]:
        if not self._source.whole_file:
            return []
        return [
            {
                "description": {"text": suggestion.label},
                "artifactChanges": [
                    {
                        "artifactLocation": self._artifact,
                        "replacements": [
                            {"deletedRegion": self.region(edit.start, edit.end), "insertedContent": {"text": edit.text}}
                            for edit in suggestion.edits
                        ],
                    }
                ],
            }
            for suggestion in finding.suggestions
            if suggestion.edits
        ]


def _result(finding: Finding, numbers: Mapping[str, int], places: _Places) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [places.location(finding.span)],
        "properties": {"family": finding.family, "step": finding.step, "confidence": finding.confidence, "visible": finding.visible},
    }
    if finding.rule in numbers:
        result["ruleIndex"] = numbers[finding.rule]
    fixes = places.fixes(finding)
    if fixes:
        result["fixes"] = fixes
    return result


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} Source: {rule.source}"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.family], "step": rule.step, "language": rule.language},
    }


def _uri(path: str) -> str:
    if path == "-":
        return "stdin"
    given = Path(path)
    return given.as_uri() if given.is_absolute() else quote(given.as_posix())
