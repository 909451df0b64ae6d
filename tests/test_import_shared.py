"""The samples of ../shared: real exports of Request Tracker and django-helpdesk, and documented ones of the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.imports import SHARED, golden, read

FOLDER = SHARED / "samples"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared is not there: no samples of other hands")

THIRD = "This is the THIRD time order #48213 has arrived with a cracked lid."
NOTE = "Customer sounds angry, check with Leo."
ASK = "Can you send me a photo and your order number? Is there anything else I can help you with?"
ALREADY = "I ALREADY gave you the order number."
GOLDEN: dict[str, tuple[list[str], Any]] = {
    "zendesk": (
        ["zendesk_incremental_tickets.json", "zendesk_ticket_comments.json"],
        (
            "341",
            {"channel": "email", "tags": ("breakage",), "customer": "20978392"},
            [
                ("customer", "2026-11-02T09:12:44Z", "Dana Reyes", THIRD),
                ("agent internal", "2026-11-02T10:00:00Z", "Ava", NOTE),
                ("agent", "2026-11-02T10:02:00Z", "Ava", ASK),
                ("customer", "2026-11-03T07:30:10Z", "Dana Reyes", ALREADY),
            ],
        ),
    ),
    "intercom": (
        ["intercom_conversation.json"],
        (
            "503",
            {"channel": "email", "customer": "6762f1261bb69f9f2193bba7"},
            [
                ("customer", "2025-11-02T09:12:44Z", "Dana Reyes", THIRD),
                ("agent internal", "2025-11-02T10:00:00Z", "Ava", NOTE),
                ("agent", "2025-11-02T10:02:00Z", "Ava", ASK),
                ("customer", "2025-11-03T07:30:10Z", "Dana Reyes", ALREADY),
            ],
        ),
    ),
    "freshdesk": (
        ["freshdesk_ticket_with_conversations.json"],
        (
            "20",
            {"channel": "email", "customer": "129"},
            [
                ("customer", "2026-11-02T09:12:44Z", "129", THIRD),
                ("agent internal", "2026-11-02T10:00:00Z", "1", NOTE),
                ("agent", "2026-11-02T10:00:00Z", "1", ASK),
                ("customer", "2026-11-02T10:00:00Z", "129", ALREADY),
            ],
        ),
    ),
    "helpscout": (
        ["helpscout_threads.json"],
        (
            "helpscout_threads",
            {"channel": "email", "customer": "29418"},
            [
                ("customer", "2026-11-02T09:12:44Z", "Dana Reyes", THIRD),
                ("agent internal", "2026-11-02T10:00:00Z", "Ava", NOTE),
                ("agent", "2026-11-02T10:02:00Z", "Ava", ASK),
                ("customer", "2026-11-03T07:30:10Z", "Dana Reyes", ALREADY),
            ],
        ),
    ),
    "front": (
        ["front_conversation_messages.json"],
        (
            "front_conversation_messages",
            {"channel": "email", "customer": "dana@customer.example"},
            [
                ("customer", "2025-11-02T09:12:44.300000Z", "dana@customer.example", THIRD),
                ("agent", "2025-11-02T10:02:00.200000Z", "ava", ASK),
                ("customer", "2025-11-03T07:30:10.100000Z", "dana@customer.example", ALREADY),
            ],
        ),
    ),
    "chatwoot": (
        ["chatwoot_messages.json"],
        (
            "12",
            {"channel": "chat", "customer": "9"},
            [
                ("customer", "2025-11-02T09:22:44Z", "Dana Reyes", THIRD),
                ("agent internal", "2025-11-02T09:32:44Z", "Ava", NOTE),
                ("agent", "2025-11-02T09:42:44Z", "Ava", ASK),
                ("customer", "2025-11-02T10:02:44Z", "Dana Reyes", ALREADY),
            ],
        ),
    ),
    "zammad": (
        ["zammad_articles_expand.json"],
        (
            "3",
            {"channel": "email", "customer": "dana@customer.example"},
            [
                ("customer", "2026-11-02T10:00:00.119000Z", "Dana Reyes", THIRD),
                ("agent internal", "2026-11-02T10:00:00.119000Z", "Ava via Shop", NOTE),
                ("agent", "2026-11-02T10:00:00.119000Z", "Ava via Shop", ASK),
                ("customer", "2026-11-02T10:00:00.119000Z", "Dana Reyes", ALREADY),
            ],
        ),
    ),
    "rt": (
        ["rt_ticket.json", "rt_history.json", "rt_attachments.json"],
        (
            "1",
            {"channel": "email", "customer": "dana@customer.example"},
            [
                (
                    "customer",
                    "2026-11-21T19:19:48Z",
                    "dana@customer.example",
                    f"Hi,\n\n{THIRD} I took a day off work to receive it and nobody called me back.\n"
                    "I am really fed up. What are you going to do about it?\n\nDana",
                ),
                (
                    "agent",
                    "2026-11-21T19:19:49Z",
                    "ava",
                    "Hi Dana,\n\nCan you send me a photo and your order number?\n\nIs there anything else I can help you with?",
                ),
                (
                    "customer",
                    "2026-11-21T19:19:51Z",
                    "dana@customer.example",
                    "I ALREADY gave you the order number in my first mail. Did you even read it?",
                ),
                (
                    "agent",
                    "2026-11-21T19:33:33Z",
                    "ava",
                    "Dana, I have corrected the address on your account. "
                    "A new lid ships today, and I will call you on Friday at 10:00. Ava",
                ),
            ],
        ),
    ),
    "django-helpdesk": (
        ["django_helpdesk_ticket.json"],
        (
            "1",
            {"customer": "dana@customer.example"},
            [
                (
                    "customer",
                    None,
                    "dana@customer.example",
                    f"Hi,\n\n{THIRD} Nobody called me back.\nWhat are you going to do about it?\n\nDana",
                ),
                (
                    "agent",
                    "2026-11-21T13:34:37.114713-06:00",
                    "1",
                    "Hi Dana, can you send a photo and your order number? Is there anything else I can help you with?",
                ),
                (
                    "customer",
                    "2026-11-21T13:34:37.119921-06:00",
                    "dana@customer.example",
                    "I ALREADY gave you the order number in my first mail.",
                ),
                (
                    "agent",
                    "2026-11-21T13:35:45.128002-06:00",
                    "1",
                    "Dana, I have corrected the address. Is there anything else?",
                ),
            ],
        ),
    ),
    "mbox": (
        ["thread.mbox"],
        (
            "m0@x.example",
            {"channel": "email", "customer": "dana@customer.example"},
            [
                ("customer", "2026-11-02T10:00:00Z", "dana@customer.example", THIRD),
                ("agent", "2026-11-03T10:00:00Z", "support@shop.example", ASK),
                ("customer", "2026-11-04T10:00:00Z", "dana@customer.example", ALREADY),
            ],
        ),
    ),
}


@pytest.mark.parametrize("form", GOLDEN)
def test_sample(form: str) -> None:
    names, expected = GOLDEN[form]
    paths = [FOLDER / name for name in names]
    (item,) = read(*paths, form=form)  # type: ignore[arg-type]
    assert golden(item) == expected
    assert read(*paths) == [item], "the format is told by the files"
