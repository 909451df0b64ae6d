"""Who said what: each adapter on a page with the attributes and the structure of its helpdesk, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.extension.harness import EXTENSION, has_node
from tests.extension.lone import ESBUILD, bundle

PAGES = Path(__file__).parent / "pages"
READ = """() => {
  const { editor, ...rest } = adapters.read(document);
  return { ...rest, editor: editor && editor.id };
}"""
ADDRESSES = {
    "zendesk": "https://acme.zendesk.com/agent/tickets/4711",
    "gmail": "https://mail.google.com/mail/u/0/#inbox/FMfcgzQcpnZKLMNOPqrs",
    "zammad": "https://zammad.acme.example/#ticket/zoom/9",
    "freescout": "https://help.acme.example/conversation/12?folder_id=3",
    "osticket": "https://acme.example/support/scp/tickets.php?id=12",
    "help-scout": "https://secure.helpscout.net/conversation/77/12",
    "django-helpdesk": "https://acme.example/helpdesk/tickets/1/",
    "request-tracker": "https://acme.example/rt/Ticket/Update.html?id=1&Action=Respond",
    "generic": "https://unknown.example/ticket/1",
}
LID = "My order #48213 came with a cracked lid."
PHOTO = "Could you send a photo?"
SENT = "I sent you one last week!"
Said = tuple[str, str, str]
SAID: dict[str, list[Said]] = {
    "zendesk": [
        ("customer", "Hi,\n\nmy order #48213 came with a cracked lid.\nThis is the third time.", ""),
        ("agent", "We have received your request.", "automatic"),
        ("agent", "She writes every week. Calm her down.", "internal"),
        ("agent", "Hello Dana, could you send a photo?", ""),
        ("customer", SENT, ""),
    ],
    "gmail": [
        ("customer", "Merhaba,\n\n48213 numaralı siparişim üçüncü kez kırık geldi.", ""),
        ("agent", "Fotoğraf gönderebilir misiniz?", ""),
        ("customer", "Fotoğrafı geçen hafta gönderdim!", ""),
    ],
    "zammad": [
        ("customer", "Dzień dobry,\nzamówienie 48213 przyszło z pękniętą pokrywką.", ""),
        ("agent", "Otrzymaliśmy Twoje zgłoszenie.", "automatic"),
        ("agent", "Znowu ta sama klientka.", "internal"),
        ("agent", "Czy może Pani przesłać zdjęcie?", ""),
    ],
    "freescout": [("customer", LID, ""), ("agent", PHOTO, ""), ("agent", "She is angry again.", "internal"), ("customer", SENT, "")],
    "osticket": [("customer", LID, ""), ("agent", "Third complaint.", "internal"), ("agent", PHOTO, "")],
    "help-scout": [
        ("customer", LID, ""),
        ("agent", PHOTO, ""),
        ("agent", "Third complaint this year.", "internal"),
        ("customer", SENT, ""),
    ],
    "django-helpdesk": [
        ("customer", "Hi,\n\nmy order #48213 came with a cracked lid.\nThis is the third time.", ""),
        ("agent", PHOTO, ""),
        ("agent", "Third complaint.", "internal"),
        ("customer", SENT, ""),
    ],
    "request-tracker": [],
    "generic": [],
}
LEFT_OUT = {"zendesk": (1, 0), "gmail": (0, 1), "help-scout": (1, 0)}
EDITORS = {"osticket": "reply-box", "django-helpdesk": "commentBox", "generic": None}
NOTES = {
    "zendesk": """document.querySelectorAll('[data-channel]')[1].dataset.channel = "internal" """,
    "help-scout": """document.querySelector('#reply').setAttribute("aria-label", "Note Editor")""",
    "zammad": """document.querySelector('.active .article-add').className = "article-add is-internal" """,
    "freescout": """document.querySelector('.conv-reply-block').classList.add("conv-note-block")""",
    "osticket": """document.querySelector('#reply').className = "hidden", document.querySelector('#note').className = "" """,
    "django-helpdesk": """document.querySelector('#id_public').click()""",
    "request-tracker": """document.querySelector('#UpdateType').value = "private" """,
}
SWITCHER = """const button = document.querySelectorAll('[data-channel]')[1]; button.removeAttribute("data-channel"); """
SAYS = SWITCHER + """button.removeAttribute("aria-label"); button.textContent = %r"""
UNKNOWN = {
    "zendesk": SWITCHER + """button.setAttribute("aria-label", "?"); button.textContent = "" """,
    "help-scout": """document.querySelector('#reply').removeAttribute("aria-label")""",
    "zammad": """document.querySelector('.active .article-add').className = "article-add" """,
    "django-helpdesk": """document.querySelector('#id_public').remove()""",
    "request-tracker": """document.querySelector('#UpdateType').remove()""",
}
CLOSING = {
    "freescout": """document.querySelector('select[name=status]').value = "3" """,
    "django-helpdesk": """document.querySelector('#st_resolved').click()""",
    "request-tracker": """document.querySelector('select[name=Status]').value = "resolved" """,
}


@pytest.fixture(scope="module")
def adapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapters as one script, under the name `adapters`."""
    if not has_node() or not ESBUILD.is_file():
        pytest.skip("extension/node_modules is not there, or no Node 20: make extension brings them")
    out = tmp_path_factory.mktemp("adapters") / "adapters.js"
    bundle(EXTENSION / "src" / "adapters" / "index.ts", "--format=iife", "--global-name=adapters", f"--outfile={out}")
    return out


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab in which every address of `ADDRESSES` shows its page."""
    page = browser.new_page()
    files = {address.partition("#")[0]: (PAGES / f"{name}.html").read_text("utf-8") for name, address in ADDRESSES.items()}

    def answer(route: Route) -> None:
        route.fulfill(body=files.get(route.request.url, ""), content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    yield page
    page.close()


def look(tab: Page, adapters: Path, name: str, before: str = "") -> dict[str, Any]:
    """What the adapters read of the page `name`, after the script `before`."""
    tab.goto("about:blank")
    tab.goto(ADDRESSES[name])
    if before:
        tab.evaluate(f"() => {{ {before} }}")
    tab.add_script_tag(path=adapters)
    read: dict[str, Any] = tab.evaluate(READ)
    return read


def said(turns: list[dict[str, Any]]) -> list[Said]:
    """Role, text, and what kind of message it is."""
    return [
        (turn["role"], turn["text"], "internal" if turn.get("internal") else "automatic" if turn.get("automatic") else "") for turn in turns
    ]


@pytest.mark.parametrize("name", ADDRESSES)
def test_reads_who_said_what(tab: Page, adapters: Path, name: str) -> None:
    read = look(tab, adapters, name)
    assert read["site"] == name
    assert said(read["turns"]) == SAID[name]
    assert (read["unclear"], read["folded"]) == LEFT_OUT.get(name, (0, 0))
    assert read["editor"] == EDITORS.get(name, "reply")
    assert (read["internalNote"], read["closing"]) == (False, False)


@pytest.mark.parametrize("name", NOTES)
def test_knows_when_the_box_holds_an_internal_note(tab: Page, adapters: Path, name: str) -> None:
    read = look(tab, adapters, name, NOTES[name])
    assert read["internalNote"] is True and read["editor"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_box_without_a_sign_of_a_reply_is_taken_for_a_note(tab: Page, adapters: Path, name: str) -> None:
    read = look(tab, adapters, name, UNKNOWN[name])
    assert read["internalNote"] is True and read["editor"]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("Internal note", True),
        ("Public reply", False),
        ("Dahili not", True),
        ("İç not", True),
        ("Herkese açık yanıt", False),
        ("Genel yanıt", False),
        ("Uwaga wewnętrzna", True),
        ("Notatka wewnętrzna", True),
        ("Odpowiedź publiczna", False),
    ],
)
def test_zendesk_says_note_or_reply_in_words_of_the_interface(tab: Page, adapters: Path, words: str, note: bool) -> None:
    assert look(tab, adapters, "zendesk", SAYS % words)["internalNote"] is note


LEAVES = {
    "note": """document.querySelectorAll('[data-channel]')[1].dataset.channel = "internal" """,
    "ticket": """history.replaceState(null, "", "/agent/tickets/4712")""",
    "place": """document.body.append(document.querySelector('#reply'))""",
    "mode": """document.querySelector('#reply').dataset.testId = "something-else" """,
    "nothing": "",
}


@pytest.mark.parametrize("change", LEAVES)
def test_a_reply_is_known_again_before_it_is_sent(tab: Page, adapters: Path, change: str) -> None:
    look(tab, adapters, "zendesk")
    asked = f"() => {{ const reading = adapters.read(document); {LEAVES[change]}; return adapters.stillReply(document, reading); }}"
    assert tab.evaluate(asked) is (change == "nothing")


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_reply_is_known_again(tab: Page, adapters: Path, name: str) -> None:
    look(tab, adapters, name)
    assert tab.evaluate("() => adapters.stillReply(document, adapters.read(document))") is True


def test_windows_of_gmail_hold_nothing_of_the_thread(tab: Page, adapters: Path) -> None:
    look(tab, adapters, "gmail")
    thread = tab.evaluate(READ)
    assert (thread["site"], thread["editor"]) == ("gmail", "reply")
    for box in ("other", "new"):
        tab.focus(f"#{box}")
        read = tab.evaluate(READ)
        assert (read["site"], read["editor"], read["conversation"], read["turns"]) == ("generic", box, "", [])
    kept = "box => adapters.read(document, document.querySelector(box)).editor?.id"
    for field in ("#subject", "#new-subject"):
        tab.focus(field)
        assert tab.evaluate(READ)["editor"] == "reply"
        assert [tab.evaluate(kept, box) for box in ("#other", "#new", "#reply")] == ["other", "new", "reply"]
    tab.evaluate("document.querySelector('#reply').remove()")
    assert (tab.evaluate(READ)["editor"], tab.evaluate(READ)["site"]) == (None, "gmail")
    assert tab.evaluate(kept, "#other") == "other"


@pytest.mark.parametrize("name", CLOSING)
def test_knows_when_sending_closes_the_case(tab: Page, adapters: Path, name: str) -> None:
    assert look(tab, adapters, name, CLOSING[name])["closing"] is True


def test_every_ticket_has_a_name_of_its_own(tab: Page, adapters: Path) -> None:
    names = {name: look(tab, adapters, name)["conversation"] for name in ADDRESSES}
    assert names.pop("generic") == ""
    assert all(names.values()) and len(set(names.values())) == len(names)
    assert names["request-tracker"] == "request-tracker:acme.example/rt:1"


def test_times_are_instants(tab: Page, adapters: Path) -> None:
    read = look(tab, adapters, "zendesk")
    assert [turn["at"] for turn in read["turns"]][:2] == ["2026-11-20T07:15:00.000Z", "2026-11-20T07:15:20.000Z"]
    assert all("at" not in turn for turn in look(tab, adapters, "freescout")["turns"])


def test_only_the_open_ticket_of_zendesk_is_read(tab: Page, adapters: Path) -> None:
    swap = """
      document.querySelector('[data-ticket-id="4711"]').style.display = "none";
      document.querySelector('[data-ticket-id="4710"]').style.display = "";
      history.replaceState(null, "", "/agent/tickets/4710")
    """
    read = look(tab, adapters, "zendesk", swap)
    assert said(read["turns"]) == [("customer", "This is somebody else's ticket.", "")]
    assert (read["conversation"], read["internalNote"]) == ("zendesk:acme.zendesk.com:4710", True)
    gone = look(tab, adapters, "zendesk", """history.replaceState(null, "", "/agent/dashboard")""")
    assert (gone["turns"], gone["editor"], gone["conversation"]) == ([], None, "")


def history(tab: Page, adapters: Path, *, records: str | None) -> dict[str, Any]:
    """What is read of Request Tracker's own pages."""
    look(tab, adapters, "request-tracker")
    pages = [(PAGES / f"request-tracker-{name}.html").read_text("utf-8") for name in ("ticket", "history")]
    told: dict[str, Any] = tab.evaluate("answers => adapters.readTurns(answers, 'request-tracker')", [*pages, records])
    return told


def test_request_tracker_tells_the_history_elsewhere(tab: Page, adapters: Path) -> None:
    assert look(tab, adapters, "request-tracker")["elsewhere"] == [
        "/rt/Ticket/Display.html?id=1",
        "/rt/Helpers/TicketHistory?id=1",
        "/rt/REST/2.0/ticket/1/history?fields=Type,Created&per_page=100",
    ]
    kinds = {"34": "Create", "36": "Correspond", "37": "EmailRecord", "41": "Correspond", "43": "Comment"}
    items = [{"id": key, "Type": kind, "Created": f"2026-11-20T0{index}:00:00Z"} for index, (key, kind) in enumerate(kinds.items())]
    told = history(tab, adapters, records=json.dumps({"items": items}))
    assert said(told["turns"]) == [
        ("customer", f"{LID}\nThis is the third time.", ""),
        ("agent", "Hi Dana,\n\nCan you send me a photo?", ""),
        ("customer", "I ALREADY sent it.", ""),
        ("agent", "Third complaint.", "internal"),
    ]
    assert told["turns"][0]["at"] == "2026-11-20T00:00:00.000Z"


@pytest.mark.parametrize("records", [None, "<html>Log in</html>", '{"message": "Unauthorized"}', "[]", '{"items": {}}'])
def test_without_records_no_comment_is_taken_for_a_reply(tab: Page, adapters: Path, records: str | None) -> None:
    told = history(tab, adapters, records=records)
    assert said(told["turns"]) == [("customer", f"{LID}\nThis is the third time.", ""), ("customer", "I ALREADY sent it.", "")]
    assert told["unclear"] == 2


def test_pages_that_say_nothing_are_read_as_nothing(tab: Page, adapters: Path) -> None:
    look(tab, adapters, "generic")
    for site in ("request-tracker", "zendesk", "unheard-of"):
        told = tab.evaluate("site => adapters.readTurns([null, '', null], site)", site)
        assert told == {"turns": [], "unclear": 0, "folded": 0}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one<br>two<div>three</div>four", "one\ntwo\nthree\nfour"),
        ("<p>a  b\n c</p><p>d</p>", "a b c\n\nd"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<ul><li>x</li><li>y</li></ul>", "x\ny"),
        ("a<script>no</script><style>no</style><span hidden>no</span>&nbsp;b", "a b"),
        ("Thanks.<br><br>W dniu 20.11.2026 o 09:10 Sklep pisze:<br>&gt; Witam<br>&gt; zdjęcie", "Thanks."),
        ("Tamam.<br>20 Kas 2026 Cum, 09:10 tarihinde Destek &lt;d@x.example&gt; şunu yazdı:<br>&gt; foto", "Tamam."),
        ("My manager wrote:<br>nothing at all.", "My manager wrote:\nnothing at all."),
        ("See below.<br>&gt; Did it arrive?<br>Yes.<br>&gt; Whole?<br>No.", "See below.\nYes.\nNo."),
        ("Hi<br>-----Original Message-----<br>From: me", "Hi"),
    ],
)
def test_text_is_what_a_reader_would_copy(tab: Page, adapters: Path, html: str, text: str) -> None:
    user = '<i class="user" data-user-id="1"></i>'
    message = f'<i class="description">{user}</i><div class="messagebody">{html}</div>'
    page = f'<div class="requestors">{user}</div><div class="transaction message" data-transaction-id="1">{message}</div>'
    look(tab, adapters, "generic")
    told = tab.evaluate("page => adapters.readTurns([page, null, null], 'request-tracker')", page)
    assert [turn["text"] for turn in told["turns"]] == [text]
