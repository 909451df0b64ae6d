"""The named problem: taken over from the customer, turned to the agent's side, or not said at all."""

from __future__ import annotations

import pytest

from coach.packs import default_packs
from coach.problem import turned


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("My order 48213 came with a cracked lid.", "your order 48213 came with a cracked lid"),
        ("Hi, my order 48213 came with a cracked lid.", "your order 48213 came with a cracked lid"),
        ("I was charged twice for the same month.", "you were charged twice for the same month"),
        ("I can't log in to my account, please fix it", "you can't log in to your account"),
        ("You charged me twice for one ticket.", "we charged you twice for one ticket"),
        ("Your app crashes and I've lost everything", None),
        ("Our invoice is wrong because nobody checked it.", "your invoice is wrong"),
        ("The parcel never arrived, can you help?", "the parcel never arrived"),
        ("I've been waiting for two weeks.", "you've been waiting for two weeks"),
        ("Why was my flight cancelled?", None),
        ("This is ridiculous.", None),
        ("My stupid lamp is broken already.", None),
        ("I want my money back now please.", None),
        ("I think my account was hacked.", None),
        ("It broke.", None),
        ("Your driver told you it was lost.", None),
        ("See https://a.b, my order is late today.", None),
        ("Your customer service is a circus at best.", None),
        ("I am under 16, so I need a parent.", None),
        ("I was just playing with it last night.", None),
        ("I don't have a transaction number yet.", None),
        ("I am not receive my reset code by mail.", None),
        ("I haven't received my reset code by mail.", "you haven't received your reset code by mail"),
        ("Your engineer never showed up on Monday.", "our engineer never showed up on Monday"),
        ("our order is two hours late", "your order is two hours late"),
        ("My new kettle leaks at the handle!", "your new kettle leaks at the handle"),
        ("My mum is in the HOSPITAL WITHOUT power.", None),
    ],
)
def test_turned(said: str, expected: str | None) -> None:
    words = default_packs()["en"].problem
    assert words is not None
    assert turned(said, words) == expected
