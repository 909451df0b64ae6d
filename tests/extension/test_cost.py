"""What the extension costs while somebody types, by the browser's own tracing, on and off in one run."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.extension.harness import HOST, Remote, serving
from tests.extension.test_editors import HOSTS
from tests.extension.tracing import traced

MOST_MS = 4.0
INTERVAL_MS = 140
ROUNDS = 5
MESSAGES = 150
HOSTNAMES = (("on", "127.0.0.1"), ("off", "localhost"))
KEYS = "We are on it, Ann. "
FAULTS = "Please calm down. You should have checked the address. As per our policy we cannot refund you. "
FILLER = "Your parcel left the warehouse on Monday and the carrier has scanned it twice since then. "


def draft() -> list[str]:
    """2,000 characters in five paragraphs, with three faults."""
    text = FAULTS + FILLER * 30
    return [text[start : start + 400] for start in range(0, 2000, 400)]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def measured(pages: dict[str, Page], name: str, record_property: Callable[[str, object], None]) -> None:
    """Type in the page "on" and in the page "off", in turn, and compare."""
    times: dict[str, list[tuple[float, float]]] = {"on": [], "off": []}
    for _ in range(ROUNDS):
        for mode, page in pages.items():
            page.bring_to_front()
            times[mode] += traced(page, KEYS, INTERVAL_MS)
    assert pages["off"].evaluate(f"() => document.querySelector('{HOST}')") is None
    on, off = ([all_of for all_of, _ in times[mode]] for mode in ("on", "off"))
    script = [own for _, own in times["on"]]
    added = p95(on) - p95(off)
    figures = {
        "keys": len(on),
        "on_p50": round(statistics.median(on), 2),
        "on_p95": round(p95(on), 2),
        "off_p50": round(statistics.median(off), 2),
        "off_p95": round(p95(off), 2),
        "added_p50": round(statistics.median(on) - statistics.median(off), 2),
        "added_p95": round(added, 2),
        "script_p95": round(p95(script), 2),
    }
    print(name, figures)
    record_property("typing_cost_ms", figures)
    for page in pages.values():
        page.close()
    assert added <= MOST_MS, figures


@pytest.mark.parametrize("name", ["ckeditor5", "textarea"])
def test_added_main_thread_time_per_key(
    context: BrowserContext, remote: Remote, editors: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    pages: dict[str, Page] = {}
    for mode, host in HOSTNAMES:
        page = context.new_page()
        page.goto(f"{editors.replace('127.0.0.1', host)}/build/{name}.html")
        page.wait_for_function("() => window.bench")
        page.evaluate("(paragraphs) => window.bench.load(paragraphs)", [[{"text": text, "bold": False}] for text in draft()])
        page.locator(HOSTS).first.click()
        page.keyboard.press("Control+End")
        pages[mode] = page
    remote.watch(pages["on"])
    pages["on"].keyboard.type("Hi ")
    remote.wait("state.page.findings.filter((f) => f.live).length >= 3")
    measured(pages, name, record_property)


@pytest.fixture
def ticket(tmp_path: Path) -> Iterator[str]:
    """The address of a ticket of a known helpdesk with `MESSAGES` messages."""
    said = "".join(
        f'<li><small><time datetime="2026-11-20T{at // 60:02}:{at % 60:02}:00+00:00">then</time> {"· ava" if at % 2 else ""}</small>'
        f'<div class="mt-3"><p>{FILLER * 4}</p><p>{at}</p></div></li>'
        for at in range(MESSAGES)
    )
    folder = tmp_path / "tickets" / "1"
    folder.mkdir(parents=True)
    public = '<form id="ticket-respond-form"><input name="public" type="hidden" value="1">'
    box = f'{public}<textarea id="commentBox" rows="20" cols="80"></textarea></form>'
    (folder / "index.html").write_text(f'<!doctype html><title>1</title>{box}<ul id="followup-list">{said}</ul>', "utf-8")
    with serving(tmp_path) as address:
        yield f"{address}/tickets/1/"


def test_added_main_thread_time_per_key_in_a_long_ticket(
    context: BrowserContext, remote: Remote, ticket: str, record_property: Callable[[str, object], None]
) -> None:
    pages: dict[str, Page] = {}
    for mode, host in HOSTNAMES:
        page = context.new_page()
        page.goto(ticket.replace("127.0.0.1", host))
        page.fill("#commentBox", " ".join(draft()))
        page.click("#commentBox")
        page.keyboard.press("Control+End")
        pages[mode] = page
    remote.watch(pages["on"])
    pages["on"].keyboard.type("Hi ")
    state = remote.wait("state.page.findings.filter((f) => f.live).length >= 2", timeout=20)
    assert len(state["page"]["conversation"]["turns"]) == MESSAGES
    measured(pages, f"{MESSAGES} messages", record_property)
