"""What an audit leaves behind: the findings table as JSON Lines and CSV, the rejected lines, and the summary."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from coach.audit.read import Reject
from coach.protocol import Wire, encode
from coach.types import STEPS, Review

FILES = ("findings.jsonl", "findings.csv", "rejects.jsonl", "summary.json")
COLUMNS = ("conversation", "turn", "language", "rule", "family", "step", "severity", "visible", "confidence", "start", "end")


class Tables:
    """The three tables of an audit, written as rows come and put in place under their names when all went well."""

    def __init__(self, folder: Path, with_text: bool) -> None:
        self._folder = folder
        self._columns = (*COLUMNS, "text") if with_text else COLUMNS

    def __enter__(self) -> Tables:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._findings = self._part("findings.jsonl").open("wb")
        self._csv: IO[str] = self._part("findings.csv").open("w", encoding="utf-8", newline="")
        self._rejects = self._part("rejects.jsonl").open("wb")
        self._writer = csv.writer(self._csv)
        self._writer.writerow(self._columns)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in (self._findings, self._csv, self._rejects):
            file.close()
        for name in FILES[:3]:
            if kind is None:
                self._part(name).replace(self._folder / name)
            else:
                self._part(name).unlink(missing_ok=True)

    def finding(self, row: Wire) -> None:
        """Add one row; keys beyond the columns are left out."""
        kept = {name: row[name] for name in self._columns}
        self._findings.write(encode(kept) + b"\n")
        self._writer.writerow(_cell(kept[name]) for name in self._columns)

    def reject(self, reject: Reject) -> None:
        """Add one rejected line."""
        self._rejects.write(encode({"line": reject.line, "reason": reject.reason}) + b"\n")

    def _part(self, name: str) -> Path:
        return self._folder / f"{name}.part"


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


@dataclass(slots=True)
class Summary:
    """The figures of an audit."""

    conversations: int = 0
    rejected: int = 0
    turns: int = 0
    replies: int = 0
    quiet_replies: int = 0
    failures: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    visible: int = 0
    families: Counter[str] = field(default_factory=Counter)
    family_replies: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    through: Counter[str] = field(default_factory=Counter)

    def reply(self, review: Review) -> None:
        """Count the review of one reply."""
        self.replies += 1
        self.languages[review.language] += 1
        self.quiet_replies += not review.findings
        for finding in review.findings:
            self.severities[finding.severity] += 1
            self.visible += finding.visible
            self.families[finding.family] += 1
            self.rules[finding.rule] += 1
        for family in {finding.family for finding in review.findings}:
            self.family_replies[family] += 1

    def ending(self, review: Review) -> None:
        """Count the state in which a conversation was left."""
        if not review.sequence.failure:
            return
        self.failures += 1
        whole = True
        for step in STEPS:
            reached = review.sequence.steps[step] != "open"
            whole = whole and reached
            self.reached[step] += reached
            self.through[step] += whole

    def values(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return {
            "conversations": self.conversations,
            "rejected_lines": self.rejected,
            "turns": self.turns,
            "replies": self.replies,
            "replies_without_finding": self.quiet_replies,
            "skipped_agent_turns": dict(sorted(self.skipped.items())),
            "languages": dict(sorted(self.languages.items())),
            "findings": sum(self.severities.values()),
            "findings_visible": self.visible,
            "severities": {name: self.severities[name] for name in ("error", "warning", "hint")},
            "families": {
                name: {"findings": count, "replies": self.family_replies[name], "per_100_replies": self._per_100(self.family_replies[name])}
                for name, count in self.families.most_common()
            },
            "rules": dict(self.rules.most_common()),
            "with_failure": self.failures,
            "funnel": {step: {"reached": self.reached[step], "with_all_before": self.through[step]} for step in STEPS},
        }

    def text(self) -> Iterator[str]:
        """The figures for people, line by line."""
        skipped = ", ".join(f"{count} {name}" for name, count in sorted(self.skipped.items()))
        yield f"{self.conversations:,} conversations, {self.turns:,} turns, {self.replies:,} replies reviewed" + (
            f" (skipped: {skipped})" if skipped else ""
        )
        if self.rejected:
            yield f"{self.rejected:,} lines rejected: see rejects.jsonl"
        severities = ", ".join(f"{self.severities[name]:,} {name}" for name in ("error", "warning", "hint"))
        yield f"{sum(self.severities.values()):,} findings ({severities}; {self.visible:,} visible)"
        yield f"{self.quiet_replies:,} replies without any finding"
        if self.families:
            yield ""
            yield f"{'family':<26} {'findings':>9} {'replies':>8} {'per 100 replies':>16}"
            for name, count in self.families.most_common():
                yield f"{name:<26} {count:>9,} {self.family_replies[name]:>8,} {self._per_100(self.family_replies[name]):>16.1f}"
        yield ""
        yield f"{self.failures:,} conversations with a failure; how far they got:"
        if self.failures:
            yield f"{'step':<26} {'reached':>9} {'':>8} {'with all before':>16}"
            for step in STEPS:
                share = self.reached[step] / self.failures
                yield f"{step:<26} {self.reached[step]:>9,} {share:>8.1%} {self.through[step]:>16,}"

    def write(self, folder: Path) -> None:
        """Write `summary.json`."""
        (folder / "summary.json").write_text(json.dumps(self.values(), indent=2, ensure_ascii=False) + "\n", "utf-8")

    def _per_100(self, count: int) -> float:
        return round(100 * count / self.replies, 2) if self.replies else 0.0
