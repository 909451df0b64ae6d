"""Mail: threads, who wrote, what was quoted, what HTML says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coach.audit.importers import Options
from coach.audit.importers.quotes import reply_of
from coach.audit.importers.texts import html_text, message_text
from coach.inputs import InputError
from tests.imports import golden, read

DAY = "2026-03-02T"
CHARSETLESS = "Dzień dobry, mój czajnik już trzeci raz przecieka. Proszę o szybką odpowiedź, bo jestem bardzo rozżalona."


def test_a_box() -> None:
    assert [golden(item) for item in read("box.mbox")] == [
        ("message 8", "message-id: the same as in message 1"),
        (
            "k1@home.example",
            {"channel": "email", "customer": "marta@home.example"},
            [
                ("customer", DAY + "08:00:00Z", "marta@home.example", "The kettle leaks.\nFrom day one."),
                ("agent automatic", DAY + "08:00:05Z", "help@kettles.example", "We have your mail."),
                ("agent internal", DAY + "08:20:00Z", "olga@kettles.example", "Piet, is it the seal?"),
                ("agent", DAY + "09:00:00Z", "help@kettles.example", "I am sorry, Marta."),
                ("customer", "2026-03-03T08:00:00Z", "marta@home.example", "Thank you."),
            ],
        ),
        (
            "o1@home.example",
            {"channel": "email", "customer": "can@home.example"},
            [
                ("customer", DAY + "08:30:00Z", "can@home.example", "Çaydanlık sızdırıyor."),
                ("agent", DAY + "09:30:00Z", "help@kettles.example", "Yenisini bugün gönderiyoruz."),
            ],
        ),
    ]


def test_a_contact_form_is_what_the_customer_wrote(tmp_path: Path) -> None:
    """The shop's server sends it to the shop; who asked stands in Reply-To. A reply to the customer with a Reply-To stays the agent's."""
    file = tmp_path / "form.mbox"
    form = "From: web@shop.example\nReply-To: Mia <mia@home.example>\nTo: help@shop.example\nAuto-Submitted: auto-generated\n"
    reply = "From: olga@shop.example\nReply-To: case-4@desk.example\nTo: mia@home.example\nIn-Reply-To: <f1@shop.example>\n"
    note = "From: olga@shop.example\nReply-To: help@shop.example\nTo: piet@shop.example\nIn-Reply-To: <f1@shop.example>\n"
    texts = ("The lid is broken.", "I am sorry.", "Send one?")
    file.write_text(
        "".join(
            f"From x\n{head}Message-ID: <f{n}@shop.example>\nDate: Mon, 2 Mar 2026 0{n}:00:00 +0000\n\n{text}\n\n"
            for n, (head, text) in enumerate(zip((form, reply, note), texts, strict=True), 1)
        )
    )
    ((_, known, turns),) = map(golden, read(file))
    assert known["customer"] == "mia@home.example"
    assert [(who, author, text) for who, _, author, text in turns] == [
        ("customer", "mia@home.example", texts[0]),
        ("agent", "olga@shop.example", texts[1]),
        ("agent internal", "olga@shop.example", texts[2]),
    ]


def test_quoted_history_is_kept_on_demand() -> None:
    kept = read("box.mbox", options=Options(own=("kettles.example",), keep_quotes=True))
    assert "> I am sorry, Marta." in golden(kept[1])[2][-1][3]


def test_who_is_an_agent_must_be_told() -> None:
    with pytest.raises(InputError, match=r"box\.mbox: mails do not say who is an agent"):
        read("box.mbox", options=Options())


@pytest.mark.parametrize(("own", "agents"), [("kettles.example", 3), ("@KETTLES.example", 3), ("help@kettles.example", 2), ("example", 5)])
def test_the_team_is_told_by_domain_or_address(own: str, agents: int) -> None:
    thread = golden(read("box.mbox", options=Options(own=(own,)))[1])
    assert sum(who.startswith("agent") for who, *_ in thread[2]) == agents


def test_one_mail_is_a_box_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_bytes(b"From: Dana <dana@home.example>\nTo: a@shop.example\nDate: nonsense\n\n" + CHARSETLESS.encode("cp1250"))
    (item,) = map(golden, read(file))
    assert item[2] == [("customer", None, "dana@home.example", CHARSETLESS)], "the charset is guessed where none is told"


def mail(**headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {"From": "a@shop.example", "To": "d@home.example", **headers}.items()]
    return ("From x\n" + "\n".join(lines) + "\n\nWe are away.\n\n").encode()


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, False),
        ({"Auto_Submitted": "no"}, False),
        ({"Auto_Submitted": "auto-generated; owner=x"}, True),
        ({"Precedence": "bulk"}, True),
        ({"X_Autoreply": "yes"}, True),
        ({"X_Auto_Response_Suppress": "All"}, True),
        ({"Return_Path": "<>"}, True),
    ],
)
def test_what_machines_send_is_automatic(tmp_path: Path, headers: dict[str, str], automatic: bool) -> None:
    file = tmp_path / "x.mbox"
    file.write_bytes(mail(**headers))
    ((_, _, turns),) = map(golden, read(file))
    assert ("automatic" in turns[0][0]) is automatic


def test_threads_meet_when_a_later_mail_joins_them(tmp_path: Path) -> None:
    file = tmp_path / "x.mbox"
    first, second = mail(Message_ID="<1@x>", Subject="a"), mail(Message_ID="<2@x>", Subject="b")
    joins = mail(Message_ID="<3@x>", References="<1@x> <2@x>")
    file.write_bytes(first + second + joins)
    ((key, _, turns),) = map(golden, read(file))
    assert (key, len(turns)) == ("1@x", 3)


def test_a_thread_stands_where_its_first_mail_stood(tmp_path: Path) -> None:
    file = tmp_path / "x.mbox"
    first, other = mail(Message_ID="<1@x>"), mail(Message_ID="<2@x>")
    file.write_bytes(first + other + mail(Message_ID="<3@x>", References="<lost@x> <1@x>"))
    assert [(key, len(turns)) for key, _, turns in map(golden, read(file))] == [("1@x", 2), ("2@x", 1)]


REPLY = "I still wait.\n\nWhen does it come?"
HISTORY = [
    "On Tue, 3 Mar 2026 at 11:02, Shop <help@shop.example> wrote:\n\n> Hello,\n>\n> it is sent.",
    "On Mar 3, 2026, at 11:02, Shop Team with a long name\n<help@shop.example> wrote:\n> it is sent.",
    "-------- Forwarded Message --------\nSubject: x\nDate: Tue, 3 Mar 2026\nFrom: Shop <help@shop.example>\n\nit is sent.",
    "________________________________\nFrom: Shop <help@shop.example>\nSent: Tuesday\nTo: Dana\nCc: Leo\nSubject: x\n\nIt is sent.",
    "*From:* Shop\n*Sent:* Tuesday\n*To:* Dana\n*Subject:* Kettle\n\nIt is sent.",
    "Am 03.03.26 um 11:02 schrieb Shop:\n> it is sent.",
    "Shop <help@shop.example>, 3 Mar 2026 Sal, 11:02 tarihinde şunu yazdı:\n\n> Gönderdik.",
    "3 Mart 2026 Salı 11:02 tarihinde Shop <help@shop.example> yazdı:\nGönderdik.",
    "Kimden: Shop\nGönderildi: 3 Mart 2026 Salı 11:02\nKime: Dana\nKonu: Çaydanlık\n\nGönderdik.",
    "-----Orijinal Mesaj-----\nKimden: Shop\nTarih: 3 Mart 2026\nKime: Dana\nKonu: Çaydanlık\n\nGönderdik.",
    "wt., 3 mar 2026 o 11:02 Shop <help@shop.example> napisał(a):\n\n> Wysłaliśmy.",
    "W dniu 3.03.2026 o 11:02, Shop pisze:\n> Wysłaliśmy.",
    "Dnia 3 marca 2026 11:02 Shop <help@shop.example> napisała:\nWysłaliśmy.",
    "Od: Shop <help@shop.example>\nWysłano: wtorek, 3 marca 2026 11:02\nDo: Dana\nTemat: Czajnik\n\nWysłaliśmy.",
    "Wiadomość napisana przez Shop <help@shop.example> w dniu 3 mar 2026, o godz. 11:02:\n\n> Wysłaliśmy.",
    "-- \nDana Reyes\nTel. 123",
    "Sent from my iPhone",
    "iPhone'umdan gönderildi",
    "Wysłane z iPhone'a",
]


@pytest.mark.parametrize("history", HISTORY)
def test_history_and_signatures_are_left_out(history: str) -> None:
    assert reply_of(f"{REPLY}\n\n{history}\n") == REPLY
    assert reply_of(f"{REPLY}\r\n\r\n{history}\r\n".replace("\n", "\r\n")) == REPLY


def test_a_dated_line_above_the_history_is_kept() -> None:
    assert reply_of("My order of 3 March 2026\nOn Tue, 3 Mar 2026 at 11:02, Shop <a@b.example> wrote:\n> Hi") == "My order of 3 March 2026"


def test_answers_between_and_below_the_lines_are_kept() -> None:
    assert reply_of("> When?\nOn Friday.\n> How?\nBy post.") == "On Friday.\nBy post."
    assert reply_of("On Tue, 3 Mar 2026 at 11:02, Dana wrote:\n> When?\n> How?\n\nOn Friday, by post.") == "On Friday, by post."


@pytest.mark.parametrize(
    "text",
    [
        "Thank you,\nwe look into it.\n\nBest regards,\nAva",
        "The driver wrote: nobody was there.\nBut I was.",
        "The driver wrote:\nnobody was there.\nBut I was.",
        "Send us:\n- the number\n- a photo\n\nThank you.",
        "From: and To: were swapped on the label.",
        "To: Dana Reyes\n12 Elm Street\n\nIs this right?",
        "My order of 3 March 2026 10:15 is late. My note said:\nleave it at the door.",
        "Kurye dün yazdı:\ngeliyorum.\nGelmedi.",
        "Konu: çaydanlık.\nTarih: dün.\nYardım edin.",
        "Kurier napisał, że 3.03.2026 o 10:15 nikogo nie było:\nto nieprawda.",
        "Do: Jan Nowak\nData: jutro\n\nCzy to dobrze?",
        "Kargonuz dün gönderildi",
        "Paczka została wysłana z magazynu",
    ],
)
def test_what_only_looks_like_it_is_kept(text: str) -> None:
    assert reply_of(text) == text


def test_a_mail_of_history_only() -> None:
    forwarded = "-----Original Message-----\nFrom: Leo\nSent: Monday\nTo: Dana\nSubject: x\n\nThe kettle leaks."
    assert message_text(forwarded, False, "customer", False) == forwarded, "the customer forwards it to be read"
    assert message_text(forwarded, False, "agent", False) == "", "the agent wrote nothing"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("no markup: 1 < 2 & so on", "no markup: 1 < 2 & so on"),
        ("<p>Hi&nbsp;Dana,</p><p>it is<br>sent.</p>", "Hi Dana,\n\nit is\nsent."),
        ("<div>one</div><div><br></div><div>two <b>bold</b>.</div>", "one\n\ntwo bold."),
        ("<style>p{}</style><p>seen</p><script>no()</script><!-- no -->", "seen"),
        ("Hello<blockquote type='cite'>old</blockquote>", "Hello"),
        ("<p>new</p><div class='x gmail_quote y'>On Monday ...<blockquote>old</blockquote></div>", "new"),
        ("<p>new</p><hr><div id='divRplyFwdMsg'><b>From:</b> x</div><div>old</div>", "new"),
        ("<ul><li>photo</li><li>number</li></ul>", "* photo\n  * number"),
        ("a\x0b<p>\x08b</p>", "a\n\nb"),
        ("<p>", ""),
    ],
)
def test_html(html: str, text: str) -> None:
    assert html_text(html) == text


def test_html_nested_deep_is_read() -> None:
    assert re.search("deep", html_text("<div>" * 400 + "deep" + "</div>" * 400))
