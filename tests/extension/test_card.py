"""The card alone in a real browser: what axe says of it in every language and colour scheme, and all of it by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.extension.harness import HOST
from tests.extension.lone import LANGUAGES, ORIGIN, bundle, serious
from tests.extension.test_panel import DRAFT, page_state, reviewed

__all__ = ["reviewed"]
HTML = '<!doctype html><html lang="en"><head><title>Ticket</title></head><body><main><h1>Ticket</h1>{box}</main></body></html>'
BOX = '<textarea aria-label="Reply" style="width:380px;height:120px"></textarea>'


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory, pages: Path) -> Path:
    """The card with its handle `alone`."""
    out = tmp_path_factory.mktemp("card") / "card.js"
    bundle(Path(__file__).parent / "card_alone.ts", "--format=iife", f"--outfile={out}")
    return out


def show(tab: Page, script: Path, state: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """Opens the card on the first finding with wordings; gives the finding."""
    tab.route(f"{ORIGIN}/ticket", lambda route: route.fulfill(body=HTML.format(box=BOX), content_type="text/html"))
    tab.goto(f"{ORIGIN}/ticket")
    tab.add_script_tag(path=script)
    item: dict[str, Any] = next(one for one in state["findings"] if one["suggestions"] and one["words"])
    tab.focus("textarea")
    tab.evaluate("([language, item, text]) => alone.show(language, item, text)", [language, item, DRAFT])
    return item


def focused(tab: Page) -> str:
    """The element that has the focus, in the layer or outside."""
    script = "() => { const e = document.activeElement; const f = e.shadowRoot?.activeElement ?? e; return f.outerHTML; }"
    html: str = tab.evaluate(script)
    return html.partition(">")[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_card_is_accessible(tab: Page, script: Path, reviewed: dict[str, Any], language: str, scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    show(tab, script, page_state(reviewed), language)
    card = tab.locator(".card")
    expect(card).to_have_attribute("lang", language)
    card.locator("details").evaluate("(box) => { box.open = true; }")
    assert serious(tab) == []


def test_opening_does_not_take_the_focus(tab: Page, script: Path, reviewed: dict[str, Any]) -> None:
    show(tab, script, page_state(reviewed))
    assert focused(tab).startswith("<textarea")


def test_everything_on_the_card_can_be_done_by_keyboard(tab: Page, script: Path, reviewed: dict[str, Any]) -> None:
    item = show(tab, script, page_state(reviewed))
    tab.evaluate("alone.enter()")
    assert 'data-apply="0"' in focused(tab)
    stops = tab.locator(".card").evaluate("(card) => card.querySelectorAll('button:enabled, summary').length")
    seen = set()
    for _ in range(stops):
        seen.add(focused(tab))
        tab.keyboard.press("Tab")
    assert len(seen) == stops and 'data-apply="0"' in focused(tab)
    tab.keyboard.press("Enter")
    tab.keyboard.press("F8")
    tab.locator('[data-dismiss="conversation"]').focus()
    tab.keyboard.press("Space")
    assert tab.evaluate("alone.done") == [["apply", item["rule"], 0], ["step", 1], ["dismiss", item["rule"], "conversation"]]
    tab.keyboard.press("Escape")
    expect(tab.locator(".card")).to_be_hidden()
    assert focused(tab).startswith("<textarea")


def test_what_a_script_of_the_page_makes_up_does_nothing(tab: Page, script: Path, reviewed: dict[str, Any]) -> None:
    show(tab, script, page_state(reviewed))
    tab.evaluate(f"document.querySelector('{HOST}').shadowRoot.querySelector('[data-apply]').click()")
    assert tab.evaluate("alone.done") == []


def test_the_keyboard_stays_in_the_card_where_another_finding_is_opened(tab: Page, script: Path, reviewed: dict[str, Any]) -> None:
    item = show(tab, script, page_state(reviewed))
    tab.evaluate("alone.enter()")
    tab.evaluate("([item, text]) => alone.show('en', { ...item, key: 'another' }, text)", [item, DRAFT])
    assert 'data-apply="0"' in focused(tab)
    tab.keyboard.press("Escape")
    assert focused(tab).startswith("<textarea")


def test_the_card_reads_from_the_left_on_every_page(tab: Page, script: Path, reviewed: dict[str, Any]) -> None:
    show(tab, script, page_state(reviewed))
    tab.evaluate("document.documentElement.dir = 'rtl'")
    assert tab.locator(".card").evaluate("(card) => getComputedStyle(card).direction") == "ltr"
