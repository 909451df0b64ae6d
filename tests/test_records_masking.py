"""Personal data are found and masked: measured on the labelled sample, and what a case is found by stays."""

from __future__ import annotations

import dataclasses
import json
import logging
import socket
from typing import Any

import pytest

from coach.pipeline import Coach
from coach.records.case import Conversation, Edits
from coach.records.compose import read_case
from coach.records.masking import Mask, mask_for, masked, personal
from coach.records.recognisers import polish_forms
from coach.records.sheet import prepare, prepared_values
from coach.types import Language
from tests.masking import SETS, Score, sample, score
from tests.records import BROKEN, REPLY, record, turn

NUMBERS = ("iban", "card", "tckn", "pesel", "nip", "email", "phone")


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {part: score(item for item in sample() if item.part == part) for part in SETS}


def test_the_sample_is_large_enough() -> None:
    items = list(sample())
    assert len(items) >= 150 and {item.language for item in items} == {"en", "tr", "pl"}
    assert sum(not item.data for item in items) >= 50, "texts without personal data, to see false alarms"


@pytest.mark.parametrize("part", ["dev", "test"])
def test_precision_and_recall(scores: dict[str, Score], part: str) -> None:
    result = scores[part]
    for kind in (*NUMBERS, "name", "address"):
        assert result.recall(kind) >= 0.95 and result.precision(kind) >= 0.95, (kind, result.wrong)


def test_what_is_hard_is_known(scores: dict[str, Score]) -> None:
    """Bare surnames and careless addresses are missed: the docs say so. It must not get worse."""
    hard = scores["hard"]
    assert hard.recall("name") >= 0.66 and sum(hard.false.values()) <= 1, hard.wrong


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Mail ana@example.com or call +44 20 7946 0958, Ana.", "Mail [email] or call [phone], [name]."),
        ("tr", "Ayşe'nin kimliği 66321223320", "[name]'nin kimliği [tckn]"),
        ("pl", "PESEL 80010312344, NIP 941-277-24-26", "PESEL [pesel], NIP [nip]"),
        ("en", "Order 48213 is late.", "Order 48213 is late."),
        ("en", "", ""),
    ],
)
def test_texts(language: Language, text: str, told: str) -> None:
    assert Mask(language, ("Ana", "Ayşe"))(text) == told


def test_known_names_are_masked_wherever_they_stand() -> None:
    mask = Mask("en", ("Whitcombe", "Ana"))
    assert mask("WHITCOMBE wrote, and so did Ana. An analysis, ana.") == "[name] wrote, and so did [name]. An analysis, ana."


def test_kept_numbers_stay_unless_they_are_an_account() -> None:
    assert Mask("en", (), ("2125550147",))("Call 2125550147 about it") == "Call 2125550147 about it"
    assert Mask("en", ())("Call 2125550147 about it") == "Call [phone] about it"
    assert Mask("en", (), ("4431982965724925",))("card 4431982965724925") == "card [card]"


def test_overlapping_finds_are_one() -> None:
    text = "Write to emma.jones@example.com"
    found = personal(text, "en", ("Emma", "Jones"))
    assert [one.kind for one in found] == ["email"] and masked(text, found) == "Write to [email]"


def test_polish_cases() -> None:
    assert {"Anna", "Anny", "Annie", "Annę", "Anno"} <= polish_forms("Anna")
    assert {"Marek", "Marka", "Marku", "Markiem"} <= polish_forms("Marek") and "Agnieszce" in polish_forms("Agnieszka")


def prepared(**more: Any) -> tuple[str, Any]:
    """A record with personal data in each of its texts, as it would be stored."""
    talk = Conversation("ticket ana@example.com", (turn("customer", BROKEN), turn("agent", REPLY, 1)), "en", "ana@example.com")
    read = read_case(talk, Coach())
    assert read is not None and "Ana" in read.names
    ready = prepare(read.record, read.names, talk, Edits(note="Ana Smith, +44 20 7946 0958", done=("Paid DE63020146201684934072",)), **more)
    return json.dumps(prepared_values(ready)), ready


def test_no_text_of_a_record_keeps_personal_data() -> None:
    told, ready = prepared()
    for secret in ("Ana", "Smith", "DE63", "7946", "@"):
        assert secret not in told, secret
    assert "48213" in told and ready.record.orders == ("48213",) and ready.conversation == "ticket ana@example.com"
    assert "48213" in json.dumps([dataclasses.asdict(said) for said in (ready.record.problem,)], default=str)


def test_order_numbers_go_when_told_to() -> None:
    _, ready = prepared(keep_orders=False)
    assert ready.record.orders == ("[order]",) and ready.orders == ("48213",), "as keys they still tell what was seen before"
    assert "48213" not in ready.record.problem.words


@pytest.mark.parametrize(
    ("names", "customer", "text", "told"),
    [
        (("Bo Li",), None, "Bo rang, then Li. Bo Li is cross, both of them.", "[name] rang, then [name]. [name] is cross, both of them."),
        (("J. Kowalska",), None, "Mrs Kowalska (J. Kowalska) said: J is fine.", "Mrs [name] ([name]) said: J is fine."),
        ((), "C-1042", "c-1042 wrote; C-10423 and XC-1042 did not.", "[customer] wrote; C-10423 and XC-1042 did not."),
        ((), "Jo Ngwe", "Mr NGWE is cross, Jo too.", "Mr [name] is cross, [name] too."),
        ((), "acme gmbh", "Acme  GmbH has ten of them, says acme.", "[customer] has ten of them, says acme."),
        ((), "20", "I've refunded 20 euros.", "I've refunded 20 euros."),
        ((), " ", "It is broken.", "It is broken."),
    ],
)
def test_whom_the_caller_names_is_masked(names: tuple[str, ...], customer: str | None, text: str, told: str) -> None:
    talk = Conversation("c", (), "en", customer, names)
    assert mask_for(record(problem=None), talk)(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It was 44118-77, not AB-90210 or #7781.", "It was [order], not [order] or [order]."),
        (
            "Paid 1,250.00 euros on 2026-03-02 at 10:30, in 2026, 20 of 300.",
            "Paid 1,250.00 euros on 2026-03-02 at 10:30, in 2026, 20 of 300.",
        ),
    ],
)
def test_what_is_written_like_an_order_goes_when_told_to(text: str, told: str) -> None:
    assert Mask("en", numbers=True)(text) == told and Mask("en")(text) == text


def test_nothing_is_logged_and_nobody_is_asked(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.DEBUG)
    for text in ("Mail a@b.co.uk", "IBAN gb83 nwbk 1678 6843 3532 65", "XX00 AAAA BBBB CCCC DDDD"):
        personal(text, "en")
    assert not [line for line in caplog.records if line.name.startswith(("presidio", "tldextract", "filelock"))]
