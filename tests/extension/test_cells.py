"""The count of the editors' cells."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.e2e.test_playground import REPO
from tests.extension.cells import CELLS, cell, shortfall
from tests.extension.test_editors import CASES, NAMES

ALL = [f"tests/extension/test_editors.py::test_editor[{name}-{case}]" for name in NAMES for case in CASES]
HOLD = {name: "passed" for node in ALL if (name := cell(node))}


def test_every_cell_is_counted() -> None:
    assert len(ALL) == len(HOLD) == CELLS
    assert cell("tests/extension/test_editors.py::test_other") is None


@pytest.mark.parametrize("outcome", ["skipped", "failed", None])
def test_two_cells_that_do_not_hold_are_named(outcome: str | None) -> None:
    one, other = list(HOLD)[:2]
    held = {name: kept for name, kept in HOLD.items() if name != one}
    assert shortfall(ALL, held) == []
    del held[other]
    told = held if outcome is None else {**held, one: outcome, other: outcome}
    assert shortfall(ALL, told) == [f"{name}: {outcome or 'not run'}" for name in (one, other)]


def test_a_part_of_the_suite_is_not_counted() -> None:
    assert shortfall(ALL[:10], {}) == []


def test_a_suite_in_which_all_editors_skip_fails() -> None:
    environment = {**os.environ, "EXTENSION_SUITE": "all", "PATH": "/nowhere", "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    skipping = "import tests.extension.conftest as conftest; conftest.has_node = lambda: False; import pytest, sys; "
    run = f"{skipping} sys.exit(pytest.main(['tests/extension/test_editors.py', '-q', '-p', 'no:randomly']))"
    done = subprocess.run([sys.executable, "-c", run], cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-1000:]
    assert "0 of 96 cells hold" in done.stdout and "quill-bold: skipped" in done.stdout
