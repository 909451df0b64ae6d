"""What a rule says about the fault it finds, in the reader's language: why it matters, and a wording that is better."""

from __future__ import annotations

from dataclasses import dataclass

from coach.packfile import RuleError, load
from coach.rules import MARK, rules_dir
from coach.spec import Example, RuleFile
from coach.types import Language


@dataclass(frozen=True, slots=True)
class AdviceText:
    """From the rule's own file: nothing of it comes from the conversations audited."""

    summary: str
    why: str
    customer: str | None
    instead: str | None
    say: str | None


def advice_text(rule: str, language: Language) -> AdviceText | None:
    """What the rule says, None where it has no words in that language."""
    path = rules_dir() / language / "rules" / f"{rule}.yml"
    if not rule.replace("-", "").isalnum() or not path.is_file():
        return None
    try:
        file = load(path, RuleFile)
    except RuleError:
        return None
    shown = next((one for one in file.examples if one.bad and one.good), None)
    if shown is None:
        return AdviceText(file.summary, file.why, None, None, None)
    return AdviceText(file.summary, file.why, _customer(shown), MARK.sub(r"\1", shown.bad or "").strip(), (shown.good or "").strip())


def _customer(example: Example) -> str | None:
    return next((turn.customer.strip() for turn in reversed(example.conversation) if turn.customer), None)
