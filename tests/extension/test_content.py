"""The content script alone in a real browser, with a stand-in for the worker: what it says, in which order, and what it believes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.extension.harness import Layer, eventually

STUB = Path(__file__).parent / "content_stub.js"
PAGES = Path(__file__).parent / "pages"
ZENDESK = "https://acme.zendesk.com/agent/tickets/4711"
DJANGO = "https://acme.example/helpdesk/tickets/1/"
GENERIC = "https://unknown.example/ticket"
FILES = {"acme.zendesk.com": "zendesk", "acme.example": "django-helpdesk", "unknown.example": "generic", "mail.google.com": "gmail"}
DRAFT = "Hello Dana, please calm down."
LIVE = {"type": "connection", "connection": {"state": "live", "version": "1", "classifier": False}}
SEQUENCE: dict[str, Any] = {
    "failure": False,
    "heat": 0,
    "severity": "trivial",
    "repeat": False,
    "wish": None,
    "steps": {},
    "gates": {},
    "facts": [],
    "promises": [],
    "next": None,
}
FINDING: dict[str, Any] = {
    "rule": "calm-down",
    "family": "tone",
    "severity": "warning",
    "span": {"start": 12, "end": 28},
    "message": "Telling people to calm down does the opposite.",
    "why": None,
    "suggestions": [],
    "visible": True,
}
MARK = "(root) => { const badge = root.querySelector('.badge'); return badge.hidden ? '' : badge.firstChild.textContent; }"
NOTE = "() => { document.querySelectorAll('[data-channel]')[1].dataset.channel = 'internal'; }"


@pytest.fixture
def page(browser: Browser, dist: Path) -> Iterator[Page]:
    page = browser.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))

    def answer(route: Route) -> None:
        name = FILES.get(route.request.url.split("/")[2])
        route.fulfill(body=(PAGES / f"{name}.html").read_text("utf-8") if name else "", content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.add_init_script(path=STUB)
    yield page
    page.close()
    assert failures == []


def start(page: Page, dist: Path, address: str, before: str = "") -> Layer:
    """The content script on the page at `address`, changed by the script `before`."""
    page.goto(address)
    if before:
        page.evaluate(f"() => {{ {before} }}")
    page.add_script_tag(path=dist / "content.js")
    return Layer(page)


def told(page: Page, kind: str) -> list[dict[str, Any]]:
    """What the page told the worker."""
    messages: list[dict[str, Any]] = page.evaluate("(type) => worker.of(type)", kind)
    return messages


def review(page: Page, text: str, findings: list[dict[str, Any]] | None = None, key: str | None = None) -> None:
    """Have the worker pass on a review of `text`."""
    key = key or told(page, "conversation")[-1]["conversation"]["key"]
    whole = {"language": "en", "full": True, "findings": findings or [], "moves": [], "sequence": SEQUENCE}
    page.evaluate("(message) => worker.say(message)", {"type": "review", "conversation": key, "text": text, "review": whole})


def test_the_conversation_is_told_before_a_draft_that_is_there_already(page: Page, dist: Path) -> None:
    layer = start(page, dist, DJANGO, f"document.querySelector('#commentBox').value = '{DRAFT}'")
    eventually(lambda: told(page, "draft"), 3, "the draft is told")
    kinds = page.evaluate("() => worker.told.map(({ type }) => type)")
    assert kinds.index("conversation") < kinds.index("draft")
    assert told(page, "draft")[0]["text"] == DRAFT
    page.evaluate("(message) => worker.say(message)", LIVE)
    assert layer.wait(MARK) == "…"


def test_a_check_mark_only_on_a_text_that_was_reviewed(page: Page, dist: Path) -> None:
    layer = start(page, dist, ZENDESK)
    page.click("#reply")
    page.keyboard.type("Hello")
    eventually(lambda: told(page, "draft") and told(page, "draft")[-1]["text"] == "Hello", 3, "the draft is told")
    page.evaluate("(message) => worker.say(message)", LIVE)
    assert layer.wait(MARK) == "…"
    review(page, "Hello")
    eventually(lambda: layer.ask(MARK) == "✓", 2, "a check mark")
    page.keyboard.type(" Dana")
    eventually(lambda: layer.ask(MARK) == "…", 2, "no check mark on what nobody read")
    review(page, "Hello")
    page.wait_for_timeout(600)
    assert layer.ask(MARK) == "…"
    review(page, "Hello Dana")
    eventually(lambda: layer.ask(MARK) == "✓", 2, "a check mark again")


def test_a_review_without_content_says_what_the_last_one_said(page: Page, dist: Path) -> None:
    layer = start(page, dist, ZENDESK)
    page.click("#reply")
    page.keyboard.type(DRAFT)
    page.evaluate("(message) => worker.say(message)", LIVE)
    key = told(page, "conversation")[-1]["conversation"]["key"]
    same = {"type": "review", "conversation": key, "text": f"{DRAFT} Bye", "review": None}
    page.evaluate("(message) => worker.say(message)", same)
    page.wait_for_timeout(200)
    assert layer.ask(MARK) == "…"
    review(page, DRAFT, [FINDING])
    eventually(lambda: layer.ask(MARK) == "1", 2, "the finding")
    page.keyboard.type(" Bye")
    page.evaluate("(message) => worker.say(message)", same)
    eventually(lambda: told(page, "state")[-1]["state"]["text"] == f"{DRAFT} Bye", 3, "the state is told")
    state = told(page, "state")[-1]["state"]
    assert layer.ask(MARK) == "1"
    assert state["reviewed"] is True and [one["rule"] for one in state["findings"]] == [FINDING["rule"]]


def test_a_review_of_another_ticket_is_not_taken(page: Page, dist: Path) -> None:
    layer = start(page, dist, ZENDESK)
    page.click("#reply")
    page.keyboard.type(DRAFT)
    page.evaluate("(message) => worker.say(message)", LIVE)
    review(page, DRAFT, [{**FINDING, "span": None}], "zendesk:acme.zendesk.com:4710")
    page.wait_for_timeout(300)
    assert layer.ask(MARK) == "…"
    review(page, DRAFT, [FINDING])
    eventually(lambda: layer.ask(MARK) == "1", 2, "the finding of this ticket")


@pytest.mark.parametrize("change", ["note", "ticket"])
def test_nothing_is_told_of_a_note_begun_by_a_shortcut(page: Page, dist: Path, change: str) -> None:
    start(page, dist, ZENDESK)
    page.click("#reply")
    page.keyboard.type("Hello")
    eventually(lambda: told(page, "draft") and told(page, "draft")[-1]["text"] == "Hello", 3, "the draft is told")
    scripts = {"note": NOTE, "ticket": "() => history.replaceState(null, '', '/agent/tickets/4712')"}
    page.evaluate(scripts[change])
    page.keyboard.type(" she is a liar", delay=15)
    page.wait_for_timeout(1500)
    assert told(page, "draft")[-1]["text"] == "Hello"
    assert page.evaluate("() => worker.told.at(-1).state.box") == ("internal" if change == "note" else "none")


def test_the_second_window_of_gmail_keeps_its_desk(page: Page, dist: Path) -> None:
    start(page, dist, "https://mail.google.com/mail/u/0/#inbox/FMfcgzQcpnZKLMNOPqrs")
    page.click("#new")
    page.keyboard.type("Hello Otto")
    eventually(lambda: told(page, "draft") and told(page, "draft")[-1]["text"] == "Hello Otto", 3, "the draft is told")
    page.click("#new-subject")
    page.wait_for_timeout(1300)
    assert told(page, "draft")[-1]["text"] == "Hello Otto"
    conversation = told(page, "conversation")[-1]["conversation"]
    assert (conversation["site"], conversation["turns"]) == ("generic", [])
    page.click("#reply")
    page.keyboard.type("Merhaba")
    eventually(lambda: told(page, "draft")[-1]["text"] == "Merhaba", 3, "the thread's own reply")
    conversation = told(page, "conversation")[-1]["conversation"]
    assert (conversation["site"], len(conversation["turns"])) == ("gmail", 3)


@pytest.mark.parametrize("place", ["?id=5", "#/ticket/5"])
def test_tickets_told_apart_by_the_address_alone(page: Page, dist: Path, place: str) -> None:
    start(page, dist, f"{GENERIC}{place}", "document.body.innerHTML = '<textarea id=box></textarea>'")
    page.click("#box")
    page.keyboard.type("Hello")
    one = eventually(lambda: told(page, "conversation"), 3, "the conversation is told")[-1]["conversation"]["key"]
    page.evaluate("(place) => history.replaceState(null, '', place)", f"{GENERIC}{place.replace('5', '6')}")
    page.keyboard.type("!")
    other = eventually(lambda: len(told(page, "conversation")) > 1 and told(page, "conversation"), 3, "another")[-1]["conversation"]["key"]
    assert one != other and not one.endswith("5")


def test_what_was_said_is_read_again_only_when_the_page_changed(page: Page, dist: Path) -> None:
    count = """
      const said = document.querySelector('[data-ticket-id="4711"] article');
      window.reads = 0;
      const ask = Element.prototype.matches;
      Element.prototype.matches = function (selector) { if (this === said) window.reads += 1; return ask.call(this, selector); };
    """
    start(page, dist, ZENDESK, count)
    page.click("#reply")
    page.keyboard.type("Hello")
    page.wait_for_timeout(300)
    before = page.evaluate("() => window.reads")
    assert before > 0
    page.keyboard.type(" Dana, I'm sorry")
    page.wait_for_timeout(2200)
    assert page.evaluate("() => window.reads") == before
    answer = """() => { const said = document.querySelector('[data-ticket-id="4711"] article').cloneNode(true);
      said.querySelector('time').setAttribute("datetime", "2026-11-21T10:00:00Z");
      said.querySelector('[data-test-id="omni-log-message-content"]').textContent = "Hello?";
      document.querySelector('[data-ticket-id="4711"] section').append(said); }"""
    page.evaluate(answer)
    eventually(lambda: told(page, "conversation")[-1]["conversation"]["turns"][-1]["text"] == "Hello?", 3, "the new message is read")


IDLE = "() => { const now = performance.now.bind(performance); performance.now = () => now() + 600_000; worker.die(); }"
NO_RUNTIME = "() => { worker.refuses = true; delete chrome.runtime.id; }"


def asleep(page: Page, dist: Path) -> Layer:
    """A finding on the page, ten minutes after the agent's last word: the port is closed, and stays so."""
    layer = start(page, dist, ZENDESK)
    page.click("#reply")
    page.keyboard.type(DRAFT)
    page.evaluate("(message) => worker.say(message)", LIVE)
    finding = {**FINDING, "suggestions": [{"label": "Better", "edits": [{"start": 12, "end": 28, "text": "I will help."}]}]}
    review(page, DRAFT, [finding])
    eventually(lambda: layer.ask(MARK) == "1", 2, "the finding")
    page.evaluate(IDLE)
    page.wait_for_timeout(1300)
    assert page.evaluate("() => [worker.ports, worker.port]") == [1, None]
    return layer


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize(
    ("kind", "button"),
    [("dismiss", "[data-dismiss=here]"), ("dismiss", "[data-dismiss=rule]"), ("open", "[data-about]"), ("applied", "[data-apply='0']")],
)
def test_what_the_agent_does_after_a_long_pause_arrives(page: Page, dist: Path, kind: str, button: str, deaf: bool) -> None:
    layer = asleep(page, dist)
    page.evaluate("(deaf) => { worker.answers = !deaf; }", deaf)
    page.keyboard.press("F8")
    layer.click(f".card {button}")
    if deaf:
        page.wait_for_timeout(300)
        page.evaluate("() => { worker.answers = true; }")
    message = eventually(lambda: told(page, kind), 4, "it arrives")
    assert len(message) == 1 and page.evaluate("() => worker.ports") > 1
    kinds = page.evaluate("() => worker.told.map(({ type }) => type)")
    assert kinds[kinds.index(kind) - 5 : kinds.index(kind)].count("conversation") == 1


def test_a_command_wakes_the_page(page: Page, dist: Path) -> None:
    layer = asleep(page, dist)
    page.evaluate("() => { worker.wake(); worker.say({ type: 'command', command: { do: 'step', by: 1 } }); }")
    layer.wait("(root) => !root.querySelector('.card').hidden")


def test_an_older_script_leaves_when_the_extension_was_updated(page: Page, dist: Path) -> None:
    asleep(page, dist)
    assert page.evaluate("() => document.querySelectorAll('[data-reply-coach=layer]').length") == 1
    page.evaluate(NO_RUNTIME)
    eventually(lambda: page.evaluate("() => document.querySelectorAll('[data-reply-coach=layer]').length") == 0, 3, "the old layer is gone")


def test_a_newer_script_has_the_older_one_leave_first(page: Page, dist: Path) -> None:
    asleep(page, dist)
    page.evaluate("() => document.dispatchEvent(new Event('reply-coach-newer'))")
    assert page.evaluate("() => document.querySelectorAll('[data-reply-coach=layer]').length") == 1
    page.evaluate(NO_RUNTIME)
    page.evaluate("() => document.dispatchEvent(new Event('reply-coach-newer'))")
    assert page.evaluate("() => document.querySelectorAll('[data-reply-coach=layer]').length") == 0
    assert page.evaluate("() => [...CSS.highlights.keys()]") == []
