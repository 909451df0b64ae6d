"""Which rules and weights an audit reviews with, loaded once a process, and how to tell that two processes have the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from coach.classify import CARD, Backend, check_weights, open_classifier
from coach.packs import open_packs
from coach.pipeline import Coach
from coach.rules import rules_dir


@dataclass(frozen=True, slots=True)
class Engine:
    """`rules`: the folder of the packs (None: the shipped ones); `full`: with the classifier, where there is one; `backend`: what runs
    it."""

    rules: str | None = None
    full: bool = True
    backend: Backend = "onnx"


@cache
def opened(engine: Engine) -> Coach:
    """The coach of this process. Raises `RuleError` and `ClassifierError`."""
    classifier = open_classifier(backend=engine.backend) if engine.full else None
    return Coach(open_packs(Path(engine.rules) if engine.rules else None), classifier)


@cache
def identity(engine: Engine) -> dict[str, str | None]:
    """Digests of the rules and of the classifier's card, which names its files, with the backend if it is not the usual one; null
    without a classifier. Raises `ClassifierError`."""
    folder = check_weights() if engine.full else None
    return {
        "rules": _rules(Path(engine.rules) if engine.rules else rules_dir()),
        "classifier": sha256((folder / CARD).read_bytes()).hexdigest() + ("" if engine.backend == "onnx" else f" {engine.backend}")
        if folder
        else None,
    }


def _rules(folder: Path) -> str:
    digest = sha256()
    for path in sorted(folder.rglob("*.yml"), key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(json.dumps([path.relative_to(folder).as_posix(), path.stat().st_size]).encode() + path.read_bytes())
    return digest.hexdigest()
