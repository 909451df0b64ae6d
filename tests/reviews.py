"""Reviews made by hand, for tests that need no engine."""

from __future__ import annotations

from coach.types import GATES, STEPS, Edit, Finding, Gate, Move, Next, Review, Sequence, Severity, Span, StepState, Suggestion


def finding(
    family: str = "generic-signoff",
    span: tuple[int, int] | None = (0, 1),
    severity: Severity = "warning",
    visible: bool = True,
    confidence: float = 0.9,
    wording: str | None = None,
) -> Finding:
    """A finding of rule `<family>-rule`; `wording` replaces its span."""
    place = Span(*span) if span else None
    suggestions = (Suggestion(wording, (Edit(place.start, place.end, wording),)),) if wording is not None and place else ()
    return Finding(f"{family}-rule", family, "4", severity, place, "Message.", "Reason.", suggestions, confidence, visible)


def review(
    *findings: Finding, moves: tuple[str, ...] = (), failure: bool = False, reached: tuple[str, ...] = (), step: str | None = None
) -> Review:
    """A full English review; `reached` are the steps that are done."""
    steps: dict[str, StepState] = {name: "done" if name in reached else "open" for name in STEPS}
    sequence = Sequence(
        failure=failure,
        heat=0,
        severity="normal",
        repeat=False,
        wish=None,
        steps=steps,
        gates={name: Gate("idle") for name in GATES},
        facts=(),
        promises=(),
        next=Next(step, "Advice.") if step else None,
    )
    return Review("en", True, findings, tuple(Move(move, Span(0, 1)) for move in moves), sequence)
