"""The playground in a real browser, against the real server (or the one at COACH_E2E_URL)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

if not os.environ.get("CI"):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Browser, Locator, Page, WebSocket, expect, sync_playwright

REPO = Path(__file__).resolve().parents[2]
QUESTION = "Are you sure you entered the right address?"
BLAME = "That was caused by our warehouse, not by us in support."
SIGNOFF = "Is there anything else I can do for you?"
DRAFT = f"{QUESTION} {BLAME} {SIGNOFF}"
KEEP_SOCKETS = """
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
"""
STARTUP_SECONDS = 90
FULL_REVIEW_MS = 10_000


def chromium_path() -> str | None:
    """An installed Chromium, or None."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def healthy(url: str) -> bool:
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    if given := os.environ.get("COACH_E2E_URL"):
        yield given.rstrip("/")
        return
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "coach", "serve", "--port", str(port)], cwd=REPO, stdout=out, stderr=out)
        try:
            until = time.monotonic() + STARTUP_SECONDS
            while not healthy(url):
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, on CI they fail."""
    path = chromium_path()
    if path is None:
        reason = "chromium is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Desk:
    """The page, and what it said and was told."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def load(self) -> None:
        """Opens the page and waits for the connection."""
        self.page.goto(f"{self.url}/")
        expect(self.page.locator("#connection")).to_have_attribute("data-state", "live")

    def type(self, text: str) -> None:
        """Types at the end of the reply."""
        self.page.locator("#reply").focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    @property
    def text(self) -> str:
        return self.page.locator("#reply").input_value()

    def settled(self) -> dict[str, Any]:
        """The full review of the text now in the box, once it is here and painted."""
        deadline = time.monotonic() + FULL_REVIEW_MS / 1000
        while time.monotonic() < deadline:
            self.page.wait_for_timeout(30)
            drafts = [message for message in self.sent if message["type"] == "draft"]
            if not drafts or drafts[-1]["text"] != self.text:
                continue
            reviews = [m for m in self.received if m["type"] == "review" and m["rev"] == drafts[-1]["rev"] and m["full"]]
            if reviews:
                self.page.wait_for_timeout(30)
                return reviews[-1]
        raise AssertionError("no full review of the newest draft")

    def mark(self, words: str) -> Locator:
        """The underline that lies within `words`; there must be one."""
        marks = self.page.locator("mark[data-rule]")
        for index in range(marks.count()):
            if (text := marks.nth(index).text_content()) and text in words:
                return self.page.locator(f'mark[data-key="{marks.nth(index).get_attribute("data-key")}"]').first
        raise AssertionError(f"nothing underlined in {words!r}, only in {marks.all_text_contents()}")

    def click_mark(self, words: str) -> str:
        """Clicks the underlined words; gives the rule whose card opened."""
        mark = self.mark(words)
        rule = mark.get_attribute("data-rule") or ""
        mark.scroll_into_view_if_needed()
        x, y = mark.evaluate(
            "(mark) => { const [{left, top, width, height}] = mark.getClientRects(); return [left + width / 2, top + height / 2]; }"
        )
        self.page.mouse.click(x, y)
        expect(self.page.locator("#card")).to_be_visible()
        expect(self.page.locator("#card")).to_have_attribute("data-rule", rule)
        return rule

    def after(self, rule: str, index: int) -> str:
        """The text that wording `index` of the finding of `rule` should lead to."""
        text = self.text
        found = next(f for f in self.settled()["findings"] if f["rule"] == rule and f["span"])
        units = text.encode("utf-16-le")
        for edit in sorted(found["suggestions"][index]["edits"], key=lambda e: e["start"], reverse=True):
            units = units[: 2 * edit["start"]] + edit["text"].encode("utf-16-le") + units[2 * edit["end"] :]
        return units.decode("utf-16-le")


@pytest.fixture
def open_desk(server: str, browser: Browser) -> Iterator[Callable[..., Desk]]:
    """Opens desks; at the end none may have complained or called anyone but the server."""
    desks: list[Desk] = []

    def make(width: int = 1280, height: int = 860) -> Desk:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
        context.add_init_script(KEEP_SOCKETS)
        page = context.new_page()
        page.set_default_timeout(15_000)
        desk = Desk(page, server)
        page.on("console", lambda m: desk.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        page.on("request", lambda request: desk.requests.append(request.url))

        def watch(connection: WebSocket) -> None:
            desk.requests.append(connection.url)
            connection.on("framereceived", lambda frame: desk.received.append(json.loads(frame)))
            connection.on("framesent", lambda frame: desk.sent.append(json.loads(frame)))

        page.on("websocket", watch)
        desks.append(desk)
        desk.load()
        return desk

    yield make
    for desk in desks:
        desk.page.context.close()
        assert desk.complaints == []
        assert {urlsplit(url).netloc for url in desk.requests} == {urlsplit(server).netloc}


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A desk with the late parcel on it."""
    made = open_desk()
    made.page.locator('#sample [data-sample="late-parcel"]').click()
    expect(made.page.locator("#conversation [data-role='customer']")).to_have_count(1)
    return made


def test_findings_are_underlined_listed_and_counted(desk: Desk) -> None:
    desk.type(DRAFT)
    desk.settled()
    assert desk.page.locator("mark[data-rule]").count() >= 3
    for words in (QUESTION, BLAME, SIGNOFF):
        desk.mark(words)
    visible = desk.page.locator("#findings [data-finding]").count()
    expect(desk.page.locator("#status")).to_have_text(f"{visible} findings")
    expect(desk.page.locator("[data-step]")).to_have_count(7)
    expect(desk.page.locator("[data-gate='G1']")).to_have_attribute("data-state", "open")


def test_a_wording_is_applied_by_mouse_and_by_key_and_undone(desk: Desk) -> None:
    desk.type(DRAFT)
    desk.settled()
    rule = desk.click_mark(SIGNOFF)
    by_mouse = desk.after(rule, 0)
    desk.page.locator("#card [data-apply='0']").click()
    assert desk.text == by_mouse
    assert desk.text.startswith(f"{QUESTION} {BLAME}") and SIGNOFF not in desk.text
    desk.settled()
    expect(desk.page.locator(f"mark[data-rule='{rule}']")).to_have_count(0)
    expect(desk.page.locator(f"[data-finding][data-rule='{rule}']")).to_have_count(0)

    wanted = desk.mark(BLAME).get_attribute("data-rule") or ""
    card = desk.page.locator("#card")
    for _ in range(6):
        desk.page.keyboard.press("F8")
        if card.get_attribute("data-rule") == wanted:
            break
    expect(card).to_have_attribute("data-rule", wanted)
    expect(desk.page.locator("#reply")).to_be_focused()
    by_key = desk.after(wanted, 0)
    desk.page.keyboard.press("Alt+1")
    assert desk.text == by_key
    assert desk.text.startswith(QUESTION)
    desk.settled()
    expect(desk.page.locator(f"mark[data-rule='{wanted}']")).to_have_count(0)

    desk.page.keyboard.press("Control+z")
    assert desk.text == by_mouse
    desk.page.locator("#undo").click()
    assert desk.text == DRAFT
    desk.settled()
    assert desk.page.locator("mark[data-rule]").count() >= 3


def test_typing_after_a_wording_is_undone_on_its_own(desk: Desk) -> None:
    desk.type(DRAFT)
    desk.settled()
    rule = desk.click_mark(SIGNOFF)
    expected = desk.after(rule, 0)
    desk.page.locator("#card [data-apply='0']").click()
    desk.settled()
    desk.page.keyboard.type(" More")
    assert desk.text == f"{expected} More"
    for _ in range(len(" More")):
        desk.page.keyboard.press("Control+z")
        if " More" not in desk.text and not desk.text.endswith((" M", " Mo", " Mor", " ")):
            break
    assert desk.text == expected


def test_a_dismissal_holds_and_can_be_taken_back(desk: Desk) -> None:
    desk.type(DRAFT)
    desk.settled()
    rule = desk.click_mark(SIGNOFF)
    desk.page.locator("#card [data-dismiss='here']").click()
    gone = desk.page.locator(f"mark[data-rule='{rule}']")
    expect(gone).to_have_count(0)
    desk.type(" Best wishes, Ada")
    desk.settled()
    expect(gone).to_have_count(0)
    desk.page.locator("#dismissed-count").click()
    desk.page.locator(f"[data-restore='{rule}']").click()
    expect(gone).not_to_have_count(0)
    expect(desk.page.locator("[data-restore]")).to_have_count(0)


def test_a_rule_dismissed_for_good_stays_so_after_a_reload(desk: Desk) -> None:
    desk.type(DRAFT)
    desk.settled()
    rule = desk.click_mark(SIGNOFF)
    desk.page.locator("#card [data-dismiss='rule']").click()
    desk.load()
    assert desk.text == ""
    desk.type(DRAFT)
    desk.settled()
    expect(desk.page.locator(f"mark[data-rule='{rule}']")).to_have_count(0)
    stored = desk.page.evaluate("Object.keys(localStorage).every((key) => key.startsWith('reply-coach.')) && JSON.stringify(localStorage)")
    assert "address" not in stored


def test_sending_adds_a_turn_and_the_customer_can_answer(desk: Desk) -> None:
    desk.type("I'm sorry your parcel is so late. I'm on it.")
    desk.settled()
    desk.page.locator("#send").click()
    last = desk.page.locator("#conversation li").last
    expect(last).to_have_attribute("data-role", "agent")
    expect(last).to_contain_text("I'm sorry your parcel is so late.")
    assert desk.text == ""
    expect(desk.page.locator("#reply")).to_be_focused()
    desk.page.locator("#role-play summary").click()
    desk.page.locator("#customer-reply").fill("Thanks, but when will it be here?")
    desk.page.locator("#customer-send").click()
    expect(desk.page.locator("#conversation li").last).to_have_attribute("data-role", "customer")
    assert [m["role"] for m in desk.sent if m["type"] == "turn"] == ["agent", "customer"]
    expect(desk.page.locator("[data-step='apologise']")).to_have_attribute("data-state", "done")


def test_a_pasted_conversation_becomes_a_case(desk: Desk) -> None:
    desk.page.locator("#paste-own").click()
    desk.page.locator("#paste-text").fill("Customer: My lamp is broken.\nAgent: Let me see.\nIt may take a minute.\nCustomer: Hello?")
    desk.page.locator("#paste-use").click()
    bubbles = desk.page.locator("#conversation li")
    expect(bubbles).to_have_count(3)
    assert [b.get_attribute("data-role") for b in bubbles.all()] == ["customer", "agent", "customer"]
    expect(bubbles.nth(1)).to_contain_text("It may take a minute.")


def test_underlines_sit_on_the_right_characters_behind_i_with_dot_and_emoji(desk: Desk) -> None:
    desk.page.locator("#language").select_option("en")
    lead = "Hello İpek 😀👩‍🔧, I'm sorry that your parcel is late. "
    desk.type(lead + SIGNOFF)
    desk.settled()
    assert (desk.mark(SIGNOFF).text_content() or "").startswith("Is there anything else")
    shape = desk.page.evaluate(
        """() => {
          const area = document.querySelector("#reply"), page = document.querySelector(".mirror-page");
          return {same: page.textContent.replace("\\u200b", "") === area.value,
                  wide: page.getBoundingClientRect().width - area.clientWidth, high: page.offsetHeight <= area.scrollHeight};
        }"""
    )
    assert shape == {"same": True, "wide": 0, "high": True}
    rule = desk.click_mark(SIGNOFF)
    expected = desk.after(rule, 0)
    desk.page.locator("#card [data-apply='0']").click()
    assert desk.text == expected
    assert desk.text.startswith(lead.rstrip())


def test_underlines_follow_the_text_while_it_scrolls(desk: Desk) -> None:
    desk.type("One line.\n" * 40 + SIGNOFF)
    desk.settled()
    inside = """() => {
      const box = document.querySelector("#reply").getBoundingClientRect();
      const mark = document.querySelector("mark[data-rule]").getBoundingClientRect();
      return mark.top >= box.top && mark.bottom <= box.bottom;
    }"""
    assert desk.page.evaluate(inside)
    desk.page.evaluate("document.querySelector('#reply').scrollTop = 0")
    desk.page.wait_for_function(f"!({inside})()")


def test_nothing_overflows_on_a_small_screen(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(360, 740)
    desk.page.locator("#sample [data-sample='refund-repeat']").click()
    wide = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
    desk.type(DRAFT + " " + "x" * 80)
    desk.settled()
    assert desk.page.evaluate(wide) == [360, 360]
    desk.click_mark(BLAME)
    box = desk.page.locator("#card").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert desk.page.evaluate(wide) == [360, 360]


def test_the_connection_comes_back_with_the_draft_and_nothing_stale_is_applied(desk: Desk) -> None:
    desk.type(SIGNOFF)
    desk.settled()
    connection = desk.page.locator("#connection")
    desk.page.evaluate("sockets.at(-1).close()")
    expect(connection).to_have_attribute("data-state", "waiting")
    desk.type(" Bye.")
    assert desk.mark(SIGNOFF)
    desk.page.keyboard.press("F8")
    desk.page.keyboard.press("Alt+1")
    assert desk.text == f"{SIGNOFF} Bye."
    expect(connection).to_have_attribute("data-state", "live")
    desk.settled()
    assert sum(message["type"] == "hello" for message in desk.sent) >= 2
    hello = next(message for message in reversed(desk.sent) if message["type"] == "hello")
    assert [turn["role"] for turn in hello["conversation"]] == ["customer"]
    assert desk.text == f"{SIGNOFF} Bye."
    desk.mark(SIGNOFF)


def test_a_rule_has_a_page_in_the_agents_language(desk: Desk) -> None:
    desk.type(QUESTION)
    desk.settled()
    rule = desk.click_mark(QUESTION)
    desk.page.locator(".card-why summary").click()
    with desk.page.expect_popup() as opened:
        desk.page.locator(".card-why a").click()
    page = opened.value
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    told = {known["id"]: known for known in page.request.get(f"{desk.url}/v1/rules?language=pl").json()["rules"]}
    expect(page.locator("main code")).to_have_text(rule)
    page.locator("#language").select_option("pl")
    expect(page.locator("h1")).to_have_text(told[rule]["summary"])
    expect(page.locator("mark").first).to_be_visible()
    page.goto(f"{desk.url}/rules/?language=pl")
    expect(page.locator(".rule-list li")).to_have_count(len(told))
    page.locator("input[type=search]").fill(rule)
    expect(page.locator(".rule-list li:visible a")).to_have_attribute("href", f"./{rule}?language=pl")
    assert not errors


def test_messages_follow_the_language_of_the_page(desk: Desk) -> None:
    desk.type(SIGNOFF)
    english = desk.settled()["findings"]
    desk.page.locator("#language").select_option("tr")
    desk.type(" ")
    turkish = desk.settled()["findings"]
    assert [finding["rule"] for finding in turkish] == [finding["rule"] for finding in english]
    assert all(new["message"] != old["message"] and new["why"] != old["why"] for new, old in zip(turkish, english, strict=True))


def test_every_language_has_every_text(desk: Desk) -> None:
    lacking = desk.page.evaluate(
        """async () => {
          const {STRINGS} = await import("/playground/strings.js");
          const keys = Object.keys(STRINGS.en);
          return ["tr", "pl"].flatMap((one) => [
            ...keys.filter((key) => !(key in STRINGS[one])), ...Object.keys(STRINGS[one]).filter((key) => !keys.includes(key))]);
        }"""
    )
    assert lacking == []


def test_spans_survive_edits_beside_them_and_only_those(desk: Desk) -> None:
    wrong = desk.page.evaluate(
        """async () => {
          const {difference, remap, combine, applied} = await import("/playground/spans.js");
          const wrong = [], roll = (n) => Math.floor(Math.random() * n), signs = "aab .İ😀";
          const word = (n) => Array.from({length: roll(n)}, () => signs[roll(signs.length)]).join("");
          for (let i = 0; i < 5000; i++) {
            const before = word(30), start = roll(before.length + 1), end = start + roll(before.length + 1 - start);
            const change = {start, end, text: word(6)}, after = applied(before, change);
            const seen = difference(before, after, start + change.text.length);
            if (applied(before, seen) !== after) wrong.push(["difference", before, after]);
            const span = {start: roll(before.length + 1), end: before.length};
            const moved = remap(span, seen, before);
            const cut = (text, {start, end}) => text.slice(start, end);
            if (moved && cut(after, moved) !== cut(before, span)) wrong.push(["remap", before, after, span]);
            const tail = {start: before.length, end: before.length, text: "y"};
            const both = before.slice(0, start) + "x" + before.slice(end) + "y";
            if (applied(before, combine(before, [{start, end, text: "x"}, tail])) !== both) wrong.push(["combine", before, start, end]);
          }
          return wrong.slice(0, 3);
        }"""
    )
    assert wrong == []
