"""How far a second reader, who did not see the first one's labels, agrees with them: `python -m models.agreement`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from models.corpus import items

READ = Path(__file__).parent / "second_reader"


def main() -> None:
    """Print F1 between the readers for moves and flags, per language, and what they agree on least."""
    first = {item.id: item for item in items()}
    for path in sorted(READ.glob("*.jsonl")):
        same: Counter[str] = Counter()
        named: Counter[str] = Counter()
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            for ours, theirs in zip(first[row["id"]].draft, row["draft"], strict=True):
                for kind, own, other in (("moves", ours.moves, set(theirs["moves"])), ("flags", ours.flags, set(theirs["flags"]))):
                    same.update(own & other)
                    same[kind] += len(own & other)
                    named.update((*own, *other))
                    named[kind] += len(own) + len(other)
        known = [(row, first[row["id"]].customer) for row in rows]
        problems = [row["problem"] == ("problem" in labels) for row, labels in known if labels is not None]
        score = {name: 2 * same[name] / count for name, count in named.items()}
        least = sorted((value, name) for name, value in score.items() if named[name] >= 10)[:3]
        print(
            f"{path.stem}: {len(rows)} drafts, {sum(len(row['draft']) for row in rows)} sentences; moves F1 {score['moves']:.2f}, "
            f"flags F1 {score['flags']:.2f}; problem the same {sum(problems)} of {len(problems)}; least: "
            + ", ".join(f"{name} {value:.2f}" for value, name in least)
        )


if __name__ == "__main__":
    main()
