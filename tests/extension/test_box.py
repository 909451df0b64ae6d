"""The coach at the reply box: which boxes, the card by mouse and keyboard, dismissing, text that changed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.extension.desk import DRAFT, FAULT, TEXT, underlined
from tests.extension.harness import Coach, Layer, Remote, eventually
from tests.extension.wire import Wire

CARD = "(root) => { const card = root.querySelector('.card'); return card.hidden ? null : card.dataset.rule; }"


def opened(context: BrowserContext, remote: Remote, desk: str, name: str, box: str = "#box") -> tuple[Page, Layer]:
    page = context.new_page()
    page.goto(f"{desk}/{name}.html")
    page.click(box)
    remote.watch(page)
    return page, Layer(page)


def reviewed(page: Page, remote: Remote, text: str = DRAFT) -> dict[str, Any]:
    page.keyboard.type(text, delay=10)
    return remote.findings(text)[0]


@pytest.mark.parametrize("name", ["grammarly", "grammarly-around", "readonly", "search"])
def test_boxes_that_opted_out_are_left_alone(context: BrowserContext, remote: Remote, desk: str, name: str) -> None:
    page, layer = opened(context, remote, desk, name)
    page.keyboard.type(DRAFT, delay=5)
    state = remote.wait("state.page?.box === 'off'")
    assert state["page"]["text"] == "" and state["connection"]["state"] == "asleep"
    assert not layer.ask("(root) => [...root.querySelectorAll('.badge')].some((badge) => !badge.hidden)")
    page.close()


def test_a_box_in_an_iframe_a_dialog_and_a_shadow_root(context: BrowserContext, remote: Remote, desk: str) -> None:
    for name, box in (("dialog", "#box"), ("frame", "#frame"), ("shadow", "#box")):
        page, layer = opened(context, remote, desk, name, box)
        finding = reviewed(page, remote)
        page.keyboard.press("F8")
        assert layer.wait(CARD) == "calm-down"
        layer.click(".card [data-apply='0']")
        remote.wait("state.page.canUndo")
        wording = finding["suggestions"][0]["edits"][0]["text"]
        remote.wait("state.page.text === what", DRAFT.replace(FAULT, wording))
        page.close()


def words_centre(page: Page) -> tuple[float, float]:
    x, y = page.evaluate(
        """() => {
          const text = document.querySelector("#box").firstChild;
          const range = document.createRange();
          range.setStart(text, 20);
          range.setEnd(text, 24);
          const { x, y, width, height } = range.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }"""
    )
    return x, y


def test_the_card_by_mouse(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, layer = opened(context, remote, desk, "contenteditable")
    finding = reviewed(page, remote)
    page.mouse.move(*words_centre(page))
    assert layer.wait(CARD) == "calm-down"
    page.mouse.move(900, 700)
    eventually(lambda: layer.ask(CARD) is None, 5, "a card that only hovers goes")
    page.mouse.click(*words_centre(page))
    assert layer.wait(CARD) == "calm-down"
    page.keyboard.press("End")
    page.keyboard.type(" Ava", delay=10)
    assert page.evaluate(TEXT) == f"{DRAFT} Ava"
    assert layer.ask(CARD) == "calm-down"
    layer.click(".card [data-apply='0']")
    better = DRAFT.replace(FAULT, finding["suggestions"][0]["edits"][0]["text"]) + " Ava"
    eventually(lambda: page.evaluate(TEXT) == better, 5, "applied by a click")
    assert page.evaluate("() => document.activeElement.id") == "box"
    page.keyboard.type("!")
    eventually(lambda: page.evaluate(TEXT) == f"{better}!", 5, "a key right after it takes effect")
    layer.click(".notice .undo")
    eventually(lambda: page.evaluate(TEXT) == f"{DRAFT} Ava!", 5, "taken back by a click")
    page.close()


def test_the_card_by_keyboard(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, layer = opened(context, remote, desk, "textarea")
    finding = reviewed(page, remote)
    page.keyboard.press("F8")
    assert layer.wait(CARD) == "calm-down"
    assert page.evaluate("() => document.activeElement.id") == "box"
    page.keyboard.press("Escape")
    assert layer.ask(CARD) is None
    page.keyboard.press("F8")
    page.keyboard.press("Alt+ArrowDown")
    focus = "(root) => root.activeElement?.dataset.apply ?? root.activeElement?.tagName"
    assert layer.ask(focus) == "0"
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert layer.ask(focus) == "0"
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.id") == "box"
    page.keyboard.press("F8")
    page.keyboard.press("Alt+2")
    second = (
        DRAFT.replace(f" {FAULT}", "")
        if not (edits := finding["suggestions"][1]["edits"])[0]["text"]
        else DRAFT.replace(FAULT, edits[0]["text"])
    )
    eventually(lambda: page.evaluate(TEXT) == second, 5, "the second wording is applied")
    page.keyboard.type("!")
    assert page.evaluate(TEXT) == f"{second}!"
    page.close()


@pytest.mark.parametrize("scope", ["here", "conversation", "rule"])
def test_dismissing_and_bringing_back(context: BrowserContext, remote: Remote, desk: str, scope: str) -> None:
    page, layer = opened(context, remote, desk, "contenteditable")
    reviewed(page, remote)
    page.keyboard.press("F8")
    layer.wait(CARD)
    layer.click(f".card [data-dismiss={scope}]")
    state = remote.wait("state.page.dismissed.length === 1 && state.page.findings.every((f) => f.rule !== 'calm-down')")
    eventually(lambda: underlined(page) == [], 5, "no line")
    [dismissal] = state["page"]["dismissed"]
    assert (dismissal["rule"], dismissal["scope"], dismissal.get("text")) == (
        "calm-down",
        scope,
        "Please calm down" if scope == "here" else None,
    )
    page.keyboard.type(" Please calm down.", delay=10)
    if scope == "here":
        page.wait_for_timeout(500)
    page.reload()
    page.click("#box")
    remote.watch(page)
    page.keyboard.type(DRAFT, delay=10)
    remote.wait("state.page.text === what && state.page.review && state.page.findings.every((f) => f.rule !== 'calm-down')", DRAFT)
    remote.command(do="restore", dismissal=dismissal)
    remote.wait("state.page.dismissed.length === 0 && state.page.findings.some((f) => f.rule === 'calm-down')")
    eventually(lambda: underlined(page) == ["Please calm down"], 5, "the line is back")
    page.close()


def test_a_rule_restored_in_the_options_is_back_at_once(context: BrowserContext, remote: Remote, coach: Coach, desk: str) -> None:
    page, _ = opened(context, remote, desk, "contenteditable")
    finding = reviewed(page, remote)
    remote.command(do="dismiss", key=finding["key"], scope="rule")
    remote.wait("state.page.dismissed.length === 1 && state.page.findings.every((f) => f.rule !== 'calm-down')")
    page.keyboard.type(" Ok.", delay=10)
    remote.wait("state.page.text === what && state.page.review?.full", f"{DRAFT} Ok.")
    remote.configure(coach.url)
    remote.findings(f"{DRAFT} Ok.")
    eventually(lambda: underlined(page) == ["Please calm down"], 5, "the line is back")
    page.close()


def test_nothing_is_applied_to_text_that_changed(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, _ = opened(context, remote, desk, "textarea")
    finding = reviewed(page, remote)
    page.evaluate("() => { document.querySelector('#box').value = 'Hello Ann. Please calm dawn. We are on it.'; }")
    remote.command(do="apply", key=finding["key"], wording=0)
    remote.wait("state.page.notice?.code === 'stale'")
    assert page.evaluate(TEXT) == "Hello Ann. Please calm dawn. We are on it."
    page.close()


def test_the_card_of_words_that_moved_shows_them_whole(context: BrowserContext, remote: Remote, coach: Coach, desk: str) -> None:
    wire = Wire(coach.port)
    remote.configure(wire.url)
    page, layer = opened(context, remote, desk, "contenteditable")
    finding = reviewed(page, remote)
    place = next(place for place, one in enumerate(finding["suggestions"]) if not one["edits"][0]["text"])
    wire.cut()
    layer.wait("(root) => root.querySelector('.badge').dataset.offline === 'true'")
    page.keyboard.press("Home")
    page.keyboard.type("Oh ", delay=10)
    page.wait_for_timeout(200)
    page.mouse.move(*words_centre(page))
    assert layer.wait(CARD) == "calm-down"
    gone = layer.ask("(root, place) => root.querySelector(`[data-apply='${place}'] del`)?.textContent", place)
    assert gone == FAULT
    page.close()


def test_the_card_of_another_field_is_not_applied(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, _ = opened(context, remote, desk, "frame", "#frame")
    reviewed(page, remote)
    page.evaluate("() => document.querySelector('h1').insertAdjacentHTML('afterend', '<input>')")
    page.click("input")
    page.keyboard.press("Alt+Enter")
    page.wait_for_timeout(600)
    assert page.frame_locator("#frame").locator("body").inner_text().strip() == DRAFT
    page.close()


def test_keys_that_come_while_a_wording_is_applied_are_not_lost(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, _ = opened(context, remote, desk, "contenteditable")
    finding = reviewed(page, remote)
    remote.command(do="apply", key=finding["key"], wording=0)
    page.keyboard.type(" and more", delay=8)
    better = DRAFT.replace(FAULT, finding["suggestions"][0]["edits"][0]["text"])
    eventually(lambda: page.evaluate(TEXT) == f"{better} and more", 5, "both are there")
    remote.wait("state.page.canUndo")
    remote.command(do="undo")
    eventually(lambda: page.evaluate(TEXT) == f"{DRAFT} and more", 5, "only the wording is taken back")
    page.close()


def test_events_made_up_by_the_page_do_nothing(context: BrowserContext, remote: Remote, desk: str) -> None:
    page, layer = opened(context, remote, desk, "contenteditable")
    reviewed(page, remote)
    page.evaluate(
        """() => { for (const key of [{key: 'F8'}, {key: 'Enter', altKey: true}])
        document.querySelector('#box').dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true, composed: true})); }"""
    )
    page.wait_for_timeout(400)
    assert layer.ask(CARD) is None
    assert page.evaluate(TEXT) == DRAFT
    page.close()
