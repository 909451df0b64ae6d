"""What `coach eval` prints: an evaluation as text or as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coach.evaluate import Alarm, Evaluation, Miss, Score, calibration, total
from coach.text_report import shown

QUOTED = 100


def as_text(result: Evaluation, errors: int = 0) -> Iterator[str]:
    """The tables, line by line; with `errors`, so many of the worst false alarms and misses."""
    yield f"{result.drafts:,} drafts"
    yield ""
    yield from _table("family", result.families)
    yield from _table("move", result.moves)
    yield f"clean drafts left quiet   {_share(result.clean)}"
    yield f"complaint told            {_share(result.complaint)}"
    yield f"minimal pairs told apart  {_share(result.pairs)}"
    for low, count, said, right in calibration(result.raised):
        yield f"confidence from {low:.2f}      {count} raised, said {said:.2f}, right {right:.2f}"
    if errors:
        yield ""
        yield f"worst false alarms ({min(errors, len(result.alarms))} of {len(result.alarms)})"
        yield from (_alarm(alarm) for alarm in result.alarms[:errors])
        yield ""
        yield f"worst misses ({min(errors, len(result.misses))} of {len(result.misses)})"
        yield from (_miss(miss) for miss in result.misses[:errors])


def as_values(result: Evaluation, errors: int = 0) -> dict[str, Any]:
    """The same as JSON values; ratios without anything to divide by are null."""
    values: dict[str, Any] = {
        "drafts": result.drafts,
        "families": {name: _values(score) for name, score in result.families.items()},
        "families_micro": _values(total(result.families.values())),
        "moves": {name: _values(score) for name, score in result.moves.items()},
        "moves_micro": _values(total(result.moves.values())),
        "clean_quiet": _pair(result.clean),
        "complaint": _pair(result.complaint),
        "pairs": _pair(result.pairs),
        "calibration": [
            {"from": low, "raised": count, "said": said, "right": right} for low, count, said, right in calibration(result.raised)
        ],
    }
    if errors:
        values["false_alarms"] = [
            {"id": alarm.id, "family": alarm.family, "rule": alarm.finding.rule, "words": alarm.words} for alarm in result.alarms[:errors]
        ]
        values["misses"] = [{"id": miss.id, "family": miss.family, "quote": miss.quote} for miss in result.misses[:errors]]
    return values


def _table(name: str, scores: Mapping[str, Score]) -> Iterator[str]:
    yield f"{name:<22} {'precision':>9} {'recall':>7} {'F1':>6} {'support':>8} {'right':>6} {'false':>6} {'missed':>7}"
    for label, score in scores.items():
        yield _row(label, score)
    yield _row("micro", total(scores.values()))
    yield ""


def _row(label: str, score: Score) -> str:
    ratios = f"{_ratio(score.precision):>9} {_ratio(score.recall):>7} {_ratio(score.f1):>6}"
    return f"{label:<22} {ratios} {score.support:>8} {score.right:>6} {score.false:>6} {score.missed:>7}"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _share(pair: tuple[int, int]) -> str:
    right, whole = pair
    return f"{right}/{whole} ({right / whole:.1%})" if whole else "– (none labelled)"


def _alarm(alarm: Alarm) -> str:
    finding = alarm.finding
    seen = "" if finding.visible else " (quiet)"
    return (
        f"  {alarm.id}  {alarm.family}  {finding.rule}{seen} {finding.confidence:.2f}: {_quoted(alarm.words) or '(about the whole draft)'}"
    )


def _miss(miss: Miss) -> str:
    return f"  {miss.id}  {miss.family}: {_quoted(miss.quote)}"


def _quoted(words: str) -> str:
    text = shown(" ".join(words.split()))
    return f"“{text[: QUOTED - 1]}…”" if len(text) > QUOTED else f"“{text}”" if text else ""


def _values(score: Score) -> dict[str, Any]:
    return {
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
        "support": score.support,
        "right": score.right,
        "false": score.false,
        "missed": score.missed,
    }


def _pair(pair: tuple[int, int]) -> dict[str, Any]:
    return {"right": pair[0], "total": pair[1], "share": pair[0] / pair[1] if pair[1] else None}
