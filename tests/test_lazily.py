"""Languages are loaded when they are needed."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from coach.lazily import Lazily


def test_a_value_is_made_once_when_it_is_asked_for() -> None:
    made: list[str] = []
    all_there = threading.Event()

    def make(key: str) -> str:
        made.append(key)
        assert all_there.wait(10)
        return key.upper()

    lazily = Lazily(("a", "b"), make)
    assert (list(lazily), len(lazily), "a" in lazily, "c" in lazily, made) == (["a", "b"], 2, True, False, [])
    threads = [threading.Thread(target=lazily.__getitem__, args=("a",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    all_there.set()
    for thread in threads:
        thread.join()
    assert (lazily["a"], lazily.get("c"), made) == ("A", None, ["a"])
    with pytest.raises(KeyError):
        lazily["c"]


def test_what_fails_is_tried_again() -> None:
    tries: list[str] = []

    def make(key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise ValueError(key)
        return key

    lazily = Lazily(("a",), make)
    with pytest.raises(ValueError):
        lazily["a"]
    assert lazily["a"] == "a"


def test_an_english_draft_loads_no_other_language() -> None:
    code = """
import sys
from coach.packs import default_packs
from coach.pipeline import Coach
from coach.types import Draft
opened = []
make = default_packs()._make
default_packs()._make = lambda language: opened.append(language) or make(language)
coach = Coach()
assert [f.rule for f in coach.review(Draft("Please calm down.", "en")).findings], "nothing found"
print(*opened)
assert coach.review(Draft("Lütfen sakin olun.", "auto")).findings
print(*opened)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["en", "en tr"]
