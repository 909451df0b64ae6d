"""Exports of helpdesks: each sample gives exactly the conversations that were written into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.audit.importers import Form
from tests.imports import golden, read

DAY = "2026-03-02T"
LEAKS, SORRY, THANKS = "The kettle leaks.", "I am sorry, Marta.", "Thank you."
ZENDESK_901 = (
    "901",
    {"channel": "email", "tags": ("kettle", "leak"), "customer": "51", "rating": "bad"},
    [
        ("customer", DAY + "08:00:00Z", "Marta Nowak", LEAKS),
        ("agent automatic", DAY + "08:00:01Z", "-1", "We have your request."),
        ("agent internal", DAY + "08:30:00Z", "Olga", "Ask Piet about the seal."),
        ("agent", DAY + "09:00:00Z", "Piet", "I am sorry that your kettle leaks, Marta."),
        ("customer", "2026-03-04T08:00:00Z", "Marta Nowak", THANKS),
    ],
)
ZENDESK_902 = (
    "902",
    {"channel": "email", "customer": "52", "rating": "good"},
    [
        ("customer", "2026-03-05T08:00:00Z", "Can Demir", "Çaydanlık sızdırıyor."),
        ("agent", "2026-03-05T10:00:00Z", "Olga", "Yenisini bugün gönderiyoruz."),
    ],
)
RT_7 = (
    "7",
    {"channel": "email", "customer": "marta@home.example"},
    [
        ("customer", DAY + "08:00:00Z", "marta@home.example", LEAKS),
        ("agent internal", DAY + "08:10:00Z", "olga", "Ask Piet."),
        ("agent", DAY + "09:00:00Z", "olga", SORRY),
        ("customer", "2026-03-03T08:00:00Z", "marta@home.example", THANKS),
    ],
)


def nameless(item: tuple[str, dict[str, Any], list[tuple[str, str, str, str]]], **names: str) -> Any:
    """A golden where no users were exported: authors are numbers."""
    key, known, turns = item
    return key, known, [(who, at, names.get(author.split()[0], author), text) for who, at, author, text in turns]


GOLDEN: dict[str, tuple[Form, list[Any]]] = {
    "zendesk": ("zendesk", [ZENDESK_902, ZENDESK_901]),
    "zendesk_events.json": ("zendesk", [ZENDESK_901, ZENDESK_902]),
    "zendesk_export.jsonl": (
        "zendesk",
        [nameless(item, Marta="51", Can="52", Olga="7", Piet="8") for item in (ZENDESK_901, ZENDESK_902)],
    ),
    "intercom.json": (
        "intercom",
        [
            (
                "21",
                {"channel": "conversation", "tags": ("kettle",), "customer": "u51", "rating": "2"},
                [
                    ("customer", DAY + "08:00:00Z", "Marta Nowak", "My kettle leaks."),
                    ("agent automatic", DAY + "08:00:01Z", "Fin", "We answer soon."),
                    ("agent internal", DAY + "08:00:20Z", "Olga", "Third case this week."),
                    ("agent", DAY + "08:01:00Z", "Olga", "I am sorry, Marta.\n\nOn its way back:\na new seal."),
                    ("agent automatic", DAY + "08:01:10Z", "Helper", "An answer of the machine."),
                    ("agent", DAY + "08:01:20Z", "Olga", "It is sent."),
                ],
            ),
            (
                "22",
                {"channel": "email"},
                [
                    ("agent automatic", DAY + "08:01:40Z", "Olga", "Spring sale!"),
                    ("customer", DAY + "08:03:20Z", "l3", "Stop this."),
                ],
            ),
            ("item 2", "conversation_parts: not whole, 1 of 502"),
        ],
    ),
    "freshdesk.json": (
        "freshdesk",
        [
            (
                "61",
                {"channel": "email", "tags": ("kettle",), "customer": "51"},
                [
                    ("customer", DAY + "08:00:00Z", "51", LEAKS),
                    ("agent internal", DAY + "08:10:00Z", "7", "Ask Piet."),
                    ("agent internal", DAY + "08:20:00Z", "7", "Dear factory, see below."),
                    ("agent", DAY + "09:00:00Z", "7", SORRY),
                    ("customer", "2026-03-03T08:00:00Z", "51", "Thanks!"),
                ],
            ),
            (
                "62",
                {"channel": "outbound email", "customer": "52"},
                [("agent", "2026-03-04T08:00:00Z", "7", "Please send your kettle back.")],
            ),
        ],
    ),
    "freshdesk": (
        "freshdesk",
        [
            (
                "63",
                {"channel": "portal", "customer": "51"},
                [("customer", DAY + "08:00:00Z", "51", "Lid missing."), ("agent", DAY + "09:00:00Z", "7", "It is on its way.")],
            )
        ],
    ),
    "helpscout.json": (
        "helpscout",
        [
            (
                "301",
                {"channel": "email", "tags": ("kettle",), "customer": "51"},
                [
                    ("customer", DAY + "08:00:00Z", "Marta Nowak", LEAKS),
                    ("agent internal", DAY + "08:10:00Z", "Olga", "Ask Piet."),
                    ("agent automatic", DAY + "08:50:00Z", "AI", "Machine words."),
                    ("agent", DAY + "09:00:00Z", "Olga", SORRY),
                    ("customer", "2026-03-03T08:00:00Z", "Marta Nowak", THANKS),
                ],
            ),
            ("_embedded.conversations 1", "no threads: get the conversations with embed=threads"),
        ],
    ),
    "front": (
        "front",
        [
            (
                "cnv_a1",
                {"channel": "email", "customer": "marta@home.example"},
                [
                    ("customer", DAY + "08:00:00Z", "marta@home.example", LEAKS),
                    ("agent automatic", DAY + "08:00:01Z", "rul_1", "We have your mail."),
                    ("agent internal", DAY + "08:10:00Z", "olga", "Ask @piet."),
                    ("agent", DAY + "09:00:00Z", "olga", SORRY),
                    ("customer", "2026-03-03T08:00:00.500000Z", "marta@home.example", "Thanks."),
                ],
            )
        ],
    ),
    "chatwoot.jsonl": (
        "chatwoot",
        [
            (
                "71",
                {"channel": "chat", "customer": "51"},
                [
                    ("customer", DAY + "08:00:00Z", "Marta Nowak", LEAKS),
                    ("agent automatic", DAY + "08:00:01Z", None, "We reply in an hour."),
                    ("agent automatic", DAY + "08:00:02Z", "Bot", "A bot speaks."),
                    ("agent internal", DAY + "08:00:04Z", "Olga", "Ask Piet."),
                    ("agent", DAY + "08:01:40Z", "Olga", SORRY),
                ],
            ),
            ("72", {"channel": "chat", "customer": "52"}, [("customer", DAY + "08:03:20Z", "Can", "> 5 days and no kettle")]),
        ],
    ),
    "zammad.json": (
        "zammad",
        [
            (
                "5",
                {"channel": "email", "customer": "marta@home.example"},
                [
                    ("customer", DAY + "08:00:00Z", "Marta Nowak", LEAKS),
                    ("agent automatic", DAY + "08:00:01Z", "kettles.example", "We have your request."),
                    ("agent internal", DAY + "08:10:00Z", "Olga Kettle", "Ask Piet."),
                    ("agent", DAY + "09:00:00Z", "Olga Kettle", SORRY),
                ],
            )
        ],
    ),
    "rt": ("rt", [RT_7]),
    "rt.jsonl": (
        "rt",
        [
            RT_7,
            ("8", RT_7[1], RT_7[2][:1]),
            ("line 3, history.items 2", "a message without its text: export the attachments as well"),
        ],
    ),
    "django_helpdesk.json": (
        "django-helpdesk",
        [
            (
                "4",
                {"customer": "marta@home.example"},
                [
                    ("customer", None, "marta@home.example", LEAKS),
                    ("agent internal", DAY + "08:10:00Z", "2", "Ask Piet."),
                    ("agent automatic", DAY + "08:30:00Z", None, "Ticket escalated after 3 days"),
                    ("agent", DAY + "09:00:00Z", "2", SORRY),
                    ("customer", "2026-03-03T08:00:00Z", "marta@home.example", THANKS),
                ],
            ),
            ("results 1", "no message in it"),
        ],
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_sample(name: str) -> None:
    form, items = GOLDEN[name]
    assert [golden(item) for item in read(name, form=form)] == items


@pytest.mark.parametrize("name", GOLDEN)
def test_the_format_is_told_by_the_file(name: str) -> None:
    assert read(name) == read(name, form=GOLDEN[name][0])


def written(folder: Path, name: str, value: Any) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), "utf-8")
    return file


def ticket(key: int, **more: Any) -> dict[str, Any]:
    """A Zendesk ticket with one comment."""
    comment = {"id": key * 10, "author_id": 1, "plain_body": LEAKS, "public": True, "created_at": DAY + "08:00:00Z"}
    about = {"id": key, "requester_id": 1, "submitter_id": 1, "via": {"channel": "email"}, "updated_at": DAY + "08:00:00Z"}
    return {**about, "comments": [comment], **more}


def test_zendesk_tickets_in_two_exports_are_one_and_the_newest(tmp_path: Path) -> None:
    old, new = ticket(1, tags=["old"]), ticket(1, tags=["new"], updated_at="2026-03-09T08:00:00Z")
    file = written(tmp_path, "tickets.json", {"tickets": [new, old]})
    reject, kept = (golden(item) for item in read(file, form="zendesk"))
    assert reject == ("line 1, tickets 1", "id: the same as in line 1, tickets 0")
    assert kept[0] == "1" and kept[1]["tags"] == ("new",) and len(kept[2]) == 1, "comments are not doubled"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"tickets": [ticket(1, comments=[])]}, "no comments: tickets come without them, export these as well"),
        ({"ticket_id": 5, "comments": ticket(1)["comments"]}, "comments whose ticket is not there"),
        ({"comments": ticket(1)["comments"]}, "comments of nobody knows which ticket"),
        ({"tickets": [ticket(1, requester_id=None)]}, "requester_id: is missing"),
        ({"tickets": [ticket(1, comments=[{"id": 1, "author_id": 1}])]}, "body: is missing"),
        ({"tickets": [ticket(1, comments=[{"id": 1, "author_id": 1, "body": "x", "created_at": "soon"}])]}, "created_at: not a time"),
        ({"tickets": ["secret"]}, "not a JSON object"),
        ({"secret": 1}, "neither a ticket nor comments nor users"),
    ],
)
def test_zendesk_rejects(tmp_path: Path, value: Any, reason: str) -> None:
    (item,) = read(written(tmp_path, "x.json", value), form="zendesk")
    assert golden(item)[1] == reason


def test_zendesk_comments_find_their_ticket_by_address_name_or_beginning(tmp_path: Path) -> None:
    comments = ticket(1)["comments"]
    begun = ticket(4, comments=[], description=LEAKS, created_at=DAY + "08:00:00Z")
    for name, page in {
        "a.json": {"comments": comments, "next_page": "https://x.example/api/v2/tickets/2/comments.json?page=2"},
        "3/comments.json": {"comments": comments},
        "b.json": {"comments": comments},
        "tickets.json": {"tickets": [ticket(2, comments=[]), ticket(3, comments=[]), begun]},
    }.items():
        written(tmp_path, name, page)
    assert sorted(item[0] for item in map(golden, read(tmp_path, form="zendesk"))) == ["2", "3", "4"]


def test_zendesk_comments_that_two_tickets_began_with_belong_to_neither(tmp_path: Path) -> None:
    twins = [ticket(number, comments=[], description=LEAKS, created_at=DAY + "08:00:00Z") for number in (1, 2)]
    written(tmp_path, "comments.json", {"comments": ticket(1)["comments"]})
    written(tmp_path, "tickets.json", {"tickets": twins})
    assert [item[1].partition(":")[0] for item in map(golden, read(tmp_path, form="zendesk"))] == [
        "comments of nobody knows which ticket",
        "no comments",
        "no comments",
    ]


def test_an_intercom_part_that_nobody_knows_is_not_left_out_in_silence(tmp_path: Path) -> None:
    part = {"part_type": "telepathy", "body": "<p>secret</p>", "author": {"type": "admin", "id": "1"}, "created_at": 1772438400}
    value = {"id": "1", "source": {}, "conversation_parts": {"conversation_parts": [part]}}
    (item,) = read(written(tmp_path, "x.json", value), form="intercom")
    assert golden(item) == ("line 1", "conversation_parts.0.part_type: not known, and it has a text")


def test_zendesk_people_in_copy_are_customers_where_users_say_so(tmp_path: Path) -> None:
    said = [{"id": by, "author_id": by, "plain_body": "Hi", "created_at": f"{DAY}08:0{by}:00Z"} for by in (1, 2, 3)]
    users = [{"id": 1, "role": "end-user"}, {"id": 2, "role": "end-user", "name": "Leo"}, {"id": 3, "role": "admin"}]
    (item,) = map(golden, read(written(tmp_path, "x.json", {"tickets": [ticket(1, comments=said)], "users": users}), form="zendesk"))
    assert [(who, author) for who, _, author, _ in item[2]] == [("customer", "1"), ("customer", "Leo"), ("agent", "3")]


def chatwoot_page(*numbers: int) -> dict[str, Any]:
    messages = [
        {"id": n, "content": f"Message {n}.", "conversation_id": 71, "message_type": n % 2, "created_at": 1772438400 + n, "private": False}
        for n in numbers
    ]
    return {"meta": {}, "payload": messages}


@pytest.mark.parametrize(
    ("pages", "turns"),
    [
        ({"messages-71.json": range(20)}, None),
        ({"messages-71.json": range(20, 40), "messages-71-page-2.json": range(20)}, None),
        ({"messages-71.json": range(20, 40), "messages-71-page-2.json": range(7, 20)}, 33),
        ({"messages-71.json": range(20), "messages-71-page-2.json": ()}, 20),
        ({"messages-71.json": range(19)}, 19),
        ({"all-71.json": range(40)}, 40),
    ],
)
def test_chatwoot_pages_of_twenty_may_not_be_all(tmp_path: Path, pages: dict[str, Any], turns: int | None) -> None:
    for name, numbers in pages.items():
        (tmp_path / name).write_text(json.dumps(chatwoot_page(*numbers)))
    (item,) = map(golden, read(tmp_path, form="chatwoot"))
    if turns is None:
        assert "older ones may be missing, get them with before=ID" in item[1]
    else:
        assert item[0] == "71" and len(item[2]) == turns


def test_a_reply_of_rt_that_is_a_picture_is_an_empty_turn(tmp_path: Path) -> None:
    ticket = {"id": 9, "EffectiveId": {"id": "9"}, "Requestor": [{"id": "marta@home.example"}], "Owner": {"id": "olga"}}
    told = {"Created": "2026-03-02T08:00:00Z"}
    history = [
        {"id": 1, "Type": "Create", "Creator": {"id": "marta@home.example"}, **told},
        {"id": 2, "Type": "Correspond", "Creator": {"id": "marta@home.example"}, **told},
        {"id": 3, "Type": "Correspond", "Creator": {"id": "olga"}, **told},
    ]
    attachments = [
        {"id": 1, "TransactionId": "1", "ContentType": "text/plain", "Content": LEAKS},
        {"id": 2, "TransactionId": "2", "ContentType": "image/png", "Filename": "leak.png", "Content": "iVBORw0KGgo="},
        {"id": 3, "TransactionId": "3", "ContentType": "text/plain", "Content": SORRY},
    ]
    file = tmp_path / "rt.jsonl"
    file.write_text(json.dumps({"ticket": ticket, "history": history, "attachments": attachments}))
    (item,) = map(golden, read(file, form="rt"))
    assert [(who, text) for who, _, _, text in item[2]] == [("customer", LEAKS), ("customer", ""), ("agent", SORRY)]
    file.write_text(json.dumps({"ticket": ticket, "history": history, "attachments": attachments[::2]}))
    (item,) = map(golden, read(file, form="rt"))
    assert "export the attachments as well" in item[1]
