"""The side panel alone in a real browser: every state, language and colour scheme, by keyboard, with axe."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coach.pipeline import review
from coach.protocol import encode, to_wire
from coach.types import Draft, Turn
from tests.extension.lone import LANGUAGES, ORIGIN, sent, serious, words_left

DRAFT = "Are you sure you entered the right address? That was caused by our warehouse, not by us in support. I'll call you by Friday."
SETTINGS = {"uiLanguage": "en", "language": "auto", "server": "http://127.0.0.1:8765"}
HELP = {"host": "help.example"}
LIVE = {"state": "live", "version": "0.1.0", "classifier": True}
TURNS: list[dict[str, Any]] = [
    {"role": "customer", "text": "My order #48213 came with a cracked lid. This is the third time!", "at": "2026-11-20T07:15:00.000Z"},
    {"role": "agent", "text": "We have received your request.", "automatic": True},
    {"role": "agent", "text": "She writes every week.", "internal": True},
]


@pytest.fixture(scope="module")
def reviewed() -> dict[str, Any]:
    """A real review of `DRAFT`."""
    said = tuple(Turn(turn["role"], turn["text"], None, turn.get("automatic", False), turn.get("internal", False)) for turn in TURNS)
    draft = Draft(DRAFT, "en", said, at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    wire: dict[str, Any] = json.loads(encode(to_wire(review(draft), draft)))
    return wire


def page_state(reviewed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the content script tells of a ticket with that review."""
    findings = [
        {
            **finding,
            "key": f"{finding['rule']}@{index}",
            "live": finding["span"],
            "words": finding["span"] and DRAFT[finding["span"]["start"] : finding["span"]["end"]],
            "waiting": False,
        }
        for index, finding in enumerate(reviewed["findings"])
    ]
    rest = {key: value for key, value in reviewed.items() if key != "findings"}
    conversation = {"site": "zendesk", "key": "zendesk:1", "turns": TURNS, "unclear": 1, "folded": 2}
    state = {"site": "zendesk", "conversation": conversation, "box": "ready", "text": DRAFT, "findings": findings, "review": rest}
    return {**state, "dismissed": [], "canUndo": False, "notice": None, **more}


def panel(tab: Page, /, **state: Any) -> None:
    """Opens the panel if it is not there and shows `state`."""
    if not tab.url.startswith(f"{ORIGIN}/panel.html"):
        tab.goto(f"{ORIGIN}/panel.html?tab=7")
    tab.evaluate("state => coach.show(state)", {"tab": HELP, "connection": LIVE, "page": None, "settings": SETTINGS, **state})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_panel_is_accessible_in_every_language_and_scheme(tab: Page, reviewed: dict[str, Any], language: str, scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    dismissed = [{"rule": "arguing", "scope": "here", "text": "actually"}, {"rule": "canned", "scope": "rule", "text": None}]
    state = page_state(reviewed, dismissed=dismissed, canUndo=True, notice={"code": "applied"})
    panel(tab, page=state, settings={**SETTINGS, "uiLanguage": language})
    for box in tab.locator("details").all():
        box.evaluate("box => box.open = true")
    tab.locator("#findings .finding").first.click()
    expect(tab.locator("html")).to_have_attribute("lang", language)
    assert serious(tab) == [] and words_left(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_panel_shows_sequence_promises_conversation_and_gaps(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed))
    expect(tab.locator("#steps .step")).to_have_count(7)
    expect(tab.locator("#steps .gate").first).to_contain_text("G1")
    expect(tab.locator("#facts")).to_contain_text("48213")
    expect(tab.locator("#promises .promise")).to_have_count(1)
    expect(tab.locator("#seen-site")).to_have_text("Read as Zendesk")
    expect(tab.locator("#seen-evidence")).to_contain_text("not tried in a live account")
    expect(tab.locator("#seen-count")).to_have_text("3 messages read")
    expect(tab.locator("#seen-turns li")).to_have_count(3)
    expect(tab.locator("#seen-turns li").nth(2)).to_contain_text("internal note")
    expect(tab.locator("#seen-gaps li")).to_have_count(2)


def test_a_finding_opens_in_place_and_commands_go_out(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed))
    assert sent(tab) == [{"type": "watch", "tab": 7}]
    first = next(one for one in page_state(reviewed)["findings"] if one["visible"] and one["live"] and one["suggestions"])
    row = tab.locator(f'[data-name="{first["key"]}"]')
    row.focus()
    tab.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(row).to_be_focused()
    tab.keyboard.press("Tab")
    wording = tab.locator(f'[data-name="{first["key"]} 0"]')
    expect(wording).to_be_focused()
    tab.keyboard.press("Enter")
    tab.locator(f'[data-name="{first["key"]} here"]').click()
    tab.locator(f'[data-name="{first["key"]} rule"] >> nth=-1').click()
    command = {"key": first["key"]}
    assert [message.get("command", message["type"]) for message in sent(tab)] == [
        {"do": "focus", **command},
        {"do": "apply", **command, "wording": 0},
        {"do": "dismiss", **command, "scope": "here"},
        "open",
    ]


def test_the_focus_stays_where_it_is_while_findings_come_and_go(tab: Page, reviewed: dict[str, Any]) -> None:
    state = page_state(reviewed)
    panel(tab, page=state)
    last = [one for one in state["findings"] if one["visible"]][-1]
    row = tab.locator(f'[data-name="{last["key"]}"]')
    row.focus()
    panel(tab, page={**state, "findings": [last]})
    expect(row).to_be_focused()
    panel(tab, page=state)
    expect(row).to_be_focused()


def test_a_waiting_finding_is_not_applied(tab: Page, reviewed: dict[str, Any]) -> None:
    state = page_state(reviewed)
    panel(tab, page={**state, "findings": [{**one, "waiting": True} for one in state["findings"]]})
    tab.locator("#findings .finding").first.click()
    expect(tab.locator("#findings [data-apply]").first).to_be_disabled()


def test_an_internal_note_is_said_to_be_left_alone(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, box="internal", findings=[], review=None, text=""))
    expect(tab.locator("#seen-box")).to_contain_text("internal note")
    expect(tab.locator("#findings .finding")).to_have_count(0)


def test_an_unknown_helpdesk_is_said_to_be_unknown(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, site="generic", conversation=None))
    expect(tab.locator("#seen-site")).to_contain_text("I do not know this helpdesk")
    expect(tab.locator("#seen-gaps li")).to_have_count(0)
    conversation = {"site": "zendesk", "key": "", "turns": [], "unclear": 0, "folded": 0}
    panel(tab, page=page_state(reviewed, conversation=conversation))
    expect(tab.locator("#seen-gaps li")).to_contain_text("No messages seen")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"tab": None}, "Go to your helpdesk"),
        ({"connection": {"state": "denied"}}, "access key"),
        ({"connection": {"state": "waiting", "until": 0}}, "http://127.0.0.1:8765"),
        ({}, "Reload the page of help.example"),
    ],
)
def test_what_stands_in_the_way_is_said(tab: Page, state: dict[str, Any], text: str) -> None:
    panel(tab, **state)
    expect(tab.locator("#hint")).to_contain_text(text)
    assert serious(tab) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("given", [True, False])
def test_a_site_is_asked_for_from_the_panel(tab: Page, given: bool, language: str) -> None:
    settings = {**SETTINGS, "uiLanguage": language}
    panel(tab, tab=None, settings=settings)
    tab.evaluate("given => coach.grant = given", given)
    tab.get_by_label(tab.locator("label[for=site]").inner_text()).fill("nonsense")
    tab.keyboard.press("Enter")
    expect(tab.locator("#refused")).to_contain_text(".example.com")
    assert tab.evaluate("coach.asked") == []
    tab.locator("#site").fill("https://help.example/tickets/1")
    panel(tab, tab=None, settings=settings)
    expect(tab.locator("#site")).to_have_value("https://help.example/tickets/1")
    tab.keyboard.press("Enter")
    assert tab.evaluate("coach.asked") == ["https://help.example/*"]
    said = expect(tab.locator("#refused"))
    (said.to_contain_text if given else said.not_to_contain_text)("help.example")
    assert serious(tab) == [] and words_left(tab) == []
    panel(tab, settings=settings)
    expect(tab.locator("#site-form")).to_have_count(0)


def test_what_became_of_a_command_is_said_for_a_while(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, notice={"code": "stale"}))
    panel(tab, page=page_state(reviewed))
    expect(tab.locator("#notice")).to_contain_text("The text has changed since")
    tab.clock.install()
    panel(tab, page=page_state(reviewed, notice={"code": "undone"}))
    tab.clock.run_for(9000)
    expect(tab.locator("#notice")).to_be_empty()


def test_the_panel_comes_back_when_the_worker_died(tab: Page) -> None:
    panel(tab)
    tab.evaluate("coach.drop()")
    tab.wait_for_function("coach.connected === 2")
    assert sent(tab)[-1] == {"type": "watch", "tab": 7}
