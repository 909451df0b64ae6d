"""The figures of an audit: counted with every chunk, added up, told on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from coach.audit.reviewed import Rows
from coach.audit.tables import step_column
from coach.types import STEPS


@dataclass(slots=True)
class Summary:
    """What a summary counts; two are added with `add`. `earliest` and `latest`: the first and last time known;
    `judged`: the newest time of the team's turns, by which promises are judged that nobody came back to, without `wrong_times`, which
    lie after the input was written."""

    conversations: int = 0
    rejected: int = 0
    turns: int = 0
    replies: int = 0
    quiet_replies: int = 0
    visible: int = 0
    promises: int = 0
    failures: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    family_replies: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    through: Counter[str] = field(default_factory=Counter)
    earliest: str | None = None
    latest: str | None = None
    judged: str | None = None
    wrong_times: int = 0

    @classmethod
    def of(cls, rows: Rows) -> Summary:
        """The figures of some rows."""
        made = cls(len(rows.conversations), len(rows.rejects), promises=len(rows.promises))
        for row in rows.conversations:
            made._conversation(row)
        for row in rows.turns:
            why = row.get("skipped")
            if why is None:
                made.replies += 1
                made.languages[row["language"]] += 1
                made.quiet_replies += not row["findings"]
            elif row["role"] == "agent":
                made.skipped[why] += 1
        for row in rows.findings:
            made.visible += row["visible"]
            made.severities[row["severity"]] += 1
            made.families[row["family"]] += 1
            made.rules[row["rule"]] += 1
        for _, _, family in {(row["conversation"], row["turn"], row["family"]) for row in rows.findings}:
            made.family_replies[family] += 1
        return made

    def _conversation(self, row: dict[str, Any]) -> None:
        self.turns += row["turns"]
        if row["started"] is not None:
            self._span(_iso(row["started"]), _iso(row["ended"]))
        if not row["failure"]:
            return
        self.failures += 1
        whole = True
        for step in STEPS:
            reached = row[step_column(step)] is not None
            whole = whole and reached
            self.reached[step] += reached
            self.through[step] += whole

    def _span(self, earliest: str, latest: str) -> None:
        self.earliest = earliest if self.earliest is None else min(self.earliest, earliest)
        self.latest = latest if self.latest is None else max(self.latest, latest)

    def add(self, other: Summary) -> None:
        """Count what `other` counted as well."""
        for name in (each.name for each in fields(self)):
            value = getattr(other, name)
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            elif isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
        if other.earliest is not None and other.latest is not None:
            self._span(other.earliest, other.latest)

    def raw(self) -> dict[str, Any]:
        """All counts as JSON values; `of_raw` reads them."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(sorted(value.items())) if isinstance(value, Counter) else value for name, value in found.items()}

    @classmethod
    def of_raw(cls, values: dict[str, Any]) -> Summary:
        """The summary that `raw` gave."""
        made = cls()
        for name, value in values.items():
            setattr(made, name, Counter(value) if isinstance(value, dict) else value)
        return made

    def counts(self) -> dict[str, int]:
        """How many of everything there are."""
        return {
            "conversations": self.conversations,
            "rejected": self.rejected,
            "turns": self.turns,
            "replies": self.replies,
            "findings": sum(self.severities.values()),
            "promises": self.promises,
        }

    def values(self) -> dict[str, Any]:
        """The figures as JSON values, for people who read JSON."""
        return {
            **self.counts(),
            "replies_without_finding": self.quiet_replies,
            "skipped_agent_turns": dict(sorted(self.skipped.items())),
            "languages": dict(sorted(self.languages.items())),
            "findings_visible": self.visible,
            "severities": {name: self.severities[name] for name in ("error", "warning", "hint")},
            "families": {
                name: {"findings": count, "replies": self.family_replies[name], "per_100_replies": self._per_100(self.family_replies[name])}
                for name, count in _common(self.families)
            },
            "rules": dict(_common(self.rules)),
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
            yield f"{self.rejected:,} records rejected: see the table rejects"
        if self.wrong_times:
            yield f"{self.wrong_times:,} times lie after the input was written: they come of a wrong clock, and judge no promise"
        severities = ", ".join(f"{self.severities[name]:,} {name}" for name in ("error", "warning", "hint"))
        yield f"{sum(self.severities.values()):,} findings ({severities}; {self.visible:,} visible)"
        yield f"{self.quiet_replies:,} replies without any finding"
        if self.families:
            yield ""
            yield f"{'family':<26} {'findings':>9} {'replies':>8} {'per 100 replies':>16}"
            for name, count in _common(self.families):
                yield f"{name:<26} {count:>9,} {self.family_replies[name]:>8,} {self._per_100(self.family_replies[name]):>16.1f}"
        yield ""
        yield f"{self.failures:,} conversations with a failure; how far they got:"
        if self.failures:
            yield f"{'step':<26} {'reached':>9} {'':>8} {'with all before':>16}"
            for step in STEPS:
                share = self.reached[step] / self.failures
                yield f"{step:<26} {self.reached[step]:>9,} {share:>8.1%} {self.through[step]:>16,}"

    def _per_100(self, count: int) -> float:
        return round(100 * count / self.replies, 2) if self.replies else 0.0


def _common(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
