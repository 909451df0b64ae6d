"""The whole way in real helpdesks: complaint read, draft with three faults typed, wordings applied, sent, read back from the helpdesk."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.extension.harness import Layer, Remote
from tests.extension.helpdesks import Helpdesk, dh_messages, django_helpdesk, request_tracker, rt_messages

LINES = (
    "Hi Dana, I'm sorry that your order arrived with a cracked lid again. Please calm down.",
    "That was caused by our warehouse, not by us in support.",
    "What is your order number? I'm sending a new one today, and I'll call you tomorrow at 10 am.",
)
FAULTS = ("Please calm down", "order number?", "not by us")
MORE = " Best, Ava"
NOTE = "She must calm down. That was caused by our warehouse, not by us in support."


@pytest.fixture(scope="module", params=[True, False], ids=["rich", "plain"])
def rt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Helpdesk, bool]]:
    with request_tracker(tmp_path_factory.mktemp("rt"), rich=request.param) as helpdesk:
        yield helpdesk, request.param


@pytest.fixture(scope="module")
def dh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpdesk]:
    with django_helpdesk(tmp_path_factory.mktemp("dh")) as helpdesk:
        yield helpdesk


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def seen(remote: Remote) -> list[tuple[str, str, bool]]:
    """The conversation as the coach understood it."""
    turns = remote.state["page"]["conversation"]["turns"]
    return [(turn["role"], turn["text"], turn.get("internal", False)) for turn in turns]


def after(text: str, edits: list[dict[str, Any]]) -> str:
    """`text` with the edits of a wording made."""
    for edit in sorted(edits, key=lambda one: -int(one["start"])):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    return text


def finding(remote: Remote, text: str, words: str) -> dict[str, Any]:
    """The finding on `words` in the full review of `text`."""
    reviewed = "state.page?.review?.full && state.page.text === what[0]"
    test = f"{reviewed} && state.page.findings.some((one) => !one.waiting && one.words?.includes(what[1]))"
    found = remote.wait(test, [text, words], 20)["page"]["findings"]
    one: dict[str, Any] = next(one for one in found if words in (one["words"] or ""))
    return one


def correct(page: Page, remote: Remote, text: str) -> str:
    """Applies the first wording for each of `FAULTS`: from the card by mouse, by keyboard, from the panel; gives the text then."""
    layer = Layer(page)
    for words, how in zip(FAULTS, ("card", "keys", "panel"), strict=True):
        one = finding(remote, text, words)
        text = after(text, one["suggestions"][0]["edits"])
        if how == "card":
            remote.command(do="focus", key=one["key"])
            layer.click(f'.card[data-rule="{one["rule"]}"] [data-apply="0"]')
        elif how == "keys":
            remote.command(do="focus", key=one["key"])
            layer.wait("(root, rule) => root.querySelector(`.card[data-rule='${rule}'] [data-apply]`)?.checkVisibility()", one["rule"])
            page.bring_to_front()
            page.keyboard.press("Alt+1")
        else:
            remote.command(do="apply", key=one["key"], wording=0)
        remote.wait("state.page && state.page.text === what", text, 20)
    return text


def type_draft(page: Page) -> str:
    """Types `LINES` as an agent does; gives the text as the coach reads it."""
    for index, line in enumerate(LINES):
        if index:
            page.keyboard.press("Enter")
        page.keyboard.type(line)
    return "\n".join(LINES)


def no_finding(remote: Remote) -> None:
    """The coach knows that this is an internal note, and says nothing."""
    state = remote.wait("state.page?.box === 'internal'", timeout=20)
    assert state["page"]["findings"] == [] and state["page"]["review"] is None and state["page"]["text"] == ""


def rt_login(page: Page, helpdesk: Helpdesk) -> None:
    page.goto(helpdesk.url)
    if page.locator("input[name=user]").count():
        page.fill("input[name=user]", "ava")
        page.fill("input[name=pass]", "agentpass")
        page.keyboard.press("Enter")
        page.wait_for_selector("#preferences-logout", state="attached")


def rt_reply(page: Page, helpdesk: Helpdesk, remote: Remote, rich: bool, action: str = "Respond") -> None:
    """Opens the reply page and puts the caret into the reply box."""
    page.goto(f"{helpdesk.url}/Ticket/Update.html?id=1&Action={action}")
    remote.watch(page)
    if rich:
        page.frame_locator("iframe.cke_wysiwyg_frame").locator("body[contenteditable=true]").click()
    else:
        page.click("textarea[name=UpdateContent]")


def markup(text: str) -> str:
    """What Request Tracker stores of a reply that nobody else has touched: a paragraph a line, and the empty one its box begins with."""
    paragraphs = [f"<p>{escape(line).replace('&#x27;', '&#39;')}</p>\n\n" for line in text.split("\n")]
    return "".join(paragraphs) + "<p>&nbsp;</p>\n"


def test_request_tracker(page: Page, remote: Remote, rt: tuple[Helpdesk, bool]) -> None:
    helpdesk, rich = rt
    rt_login(page, helpdesk)
    rt_reply(page, helpdesk, remote, rich)
    remote.wait("state.page?.conversation?.turns.length === 3", timeout=20)
    told = seen(remote)
    assert [(role, internal) for role, _, internal in told] == [("customer", False), ("agent", False), ("customer", False)]
    assert "THIRD time order #48213" in told[0][1]
    assert told[1][1] == "Hi Dana,\n\nCan you send me a photo and your order number?\n\nIs there anything else I can help you with?"
    assert told[2][1] == "I ALREADY gave you the order number in my first mail. Did you even read it?"

    text = correct(page, remote, type_draft(page))
    page.bring_to_front()
    page.keyboard.press("Control+End")
    page.keyboard.type(MORE)
    remote.wait("state.page && state.page.text === what", text + MORE, 20)
    page.click("input[name=SubmitTicket]")
    page.wait_for_url("**/Ticket/Display.html*")

    sent = rt_messages(helpdesk)[-1]
    assert sent["kind"] == "Correspond"
    if rich:
        assert sent["content"] == markup(text + MORE)
    else:
        assert sent["content"].replace("\r\n", "\n").strip() == text + MORE


def test_request_tracker_comment_gets_no_finding(page: Page, remote: Remote, rt: tuple[Helpdesk, bool]) -> None:
    helpdesk, rich = rt
    rt_login(page, helpdesk)
    rt_reply(page, helpdesk, remote, rich, "Comment")
    page.keyboard.type(NOTE)
    no_finding(remote)
    page.select_option("select[name=UpdateType]", "response", force=True)
    finding(remote, NOTE, "warehouse")
    page.select_option("select[name=UpdateType]", "private", force=True)
    no_finding(remote)
    page.click("input[name=SubmitTicket]")
    page.wait_for_url("**/Ticket/Display.html*")
    sent = rt_messages(helpdesk)[-1]
    assert (sent["kind"], sent["content"].strip()) == ("Comment", markup(NOTE).strip() if rich else NOTE)
    rt_reply(page, helpdesk, remote, rich)
    remote.wait("state.page?.conversation?.turns.some((turn) => turn.internal)", timeout=20)
    assert seen(remote)[-1] == ("agent", NOTE, True)


def dh_reply(page: Page, helpdesk: Helpdesk, remote: Remote) -> None:
    page.goto(f"{helpdesk.url}/tickets/1/")
    if page.locator("#username").count():
        page.fill("#username", "ava")
        page.fill("#password", "agentpass")
        page.keyboard.press("Enter")
        page.wait_for_selector("#userDropdown")
        page.goto(f"{helpdesk.url}/tickets/1/")
    remote.watch(page)
    page.click("#respond-tab")
    page.click("#commentBox")


def test_django_helpdesk(page: Page, remote: Remote, dh: Helpdesk) -> None:
    dh_reply(page, dh, remote)
    remote.wait("state.page?.conversation?.turns.length === 3", timeout=20)
    told = seen(remote)
    assert [role for role, _, _ in told] == ["customer", "agent", "customer"]
    assert told[0][1].startswith("Hi,\n\nThis is the THIRD time order #48213") and told[2][1].startswith("I ALREADY gave you")

    text = correct(page, remote, type_draft(page))
    page.bring_to_front()
    page.keyboard.press("Control+End")
    page.keyboard.type(MORE)
    remote.wait("state.page && state.page.text === what", text + MORE, 20)
    page.click("#ticket-respond-form button[type=submit]")
    expect(page.locator("#followup-list > li")).to_have_count(3)
    sent = dh_messages(dh)[-1]
    assert (sent["comment"].replace("\r\n", "\n"), sent["public"]) == (text + MORE, True)


def test_django_helpdesk_private_follow_up_gets_no_finding(page: Page, remote: Remote, dh: Helpdesk) -> None:
    dh_reply(page, dh, remote)
    page.keyboard.type(NOTE)
    finding(remote, NOTE, "warehouse")
    page.uncheck("#id_public")
    no_finding(remote)
    before = len(dh_messages(dh))
    page.click("#ticket-respond-form button[type=submit]")
    page.wait_for_load_state()
    sent = dh_messages(dh)
    assert len(sent) == before + 1 and (sent[-1]["comment"], sent[-1]["public"]) == (NOTE, False)
    remote.watch(page)
    remote.wait("state.page?.conversation?.turns.some((turn) => turn.internal)", timeout=20)
    assert seen(remote)[-1] == ("agent", NOTE, True)
