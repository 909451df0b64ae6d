"""The case record in the playground: offered at close where records are on, shown as it would be stored, stored only on a click."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if not os.environ.get("CI"):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_playground import REPO, STARTUP_SECONDS, browser, free_port, healthy
from tests.records import SECRET

__all__ = ["browser"]
REPLY = (
    "I'm so sorry your order came broken, Ana. It was our mistake: someone in our warehouse used the wrong packaging. "
    "I've refunded you today. I'll write to you tomorrow at ana.smith@example.com to check."
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that stores case records."""
    url = f"http://127.0.0.1:{free_port()}"
    folder = tmp_path_factory.mktemp("records")
    on = {"COACH_RECORDS": f"sqlite:///{folder / 'records.db'}", "COACH_RECORDS_SECRET": SECRET, "COACH_CLASSIFIER": "off"}
    command = [sys.executable, "-m", "coach", "serve", "--port", url.rpartition(":")[2]]
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=REPO, stdout=out, stderr=out, env=os.environ | on)
        try:
            until = time.monotonic() + STARTUP_SECONDS
            while not healthy(url):
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(20)
    assert "Ana" not in log.read_text() and "records_on" in log.read_text()


@pytest.fixture
def page(recording: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(f"{recording}/")
    expect(opened.locator("#connection")).to_have_attribute("data-state", "live")
    yield opened
    assert complaints == []
    context.close()


def stored(page: Page) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(page.request.get(page.url + "v1/records").text())["records"]
    return records


def paste(page: Page) -> None:
    """A case of our own, with a broken order."""
    page.locator("#paste-own").click()
    page.locator("#paste-text").fill("Customer: My order 48213 came broken! I want my money back. My name is Ana Smith.")
    page.locator("#paste-use").click()


def test_a_record_is_offered_at_close_and_stored_on_a_click_only(page: Page, tmp_path: Path) -> None:
    paste(page)
    page.locator("#reply").fill(REPLY)
    expect(page.locator("#record-open")).to_be_hidden()
    page.locator("#closing").check()
    page.locator("#record-open").click()
    expect(page.locator("#record")).to_be_visible()
    expect(page.locator("#record-help")).to_contain_text("365 days")
    told = json.loads(page.locator("#record-json").text_content() or "")
    text = page.locator("#record").inner_text()
    assert "wrong packaging" in text and "48213" in text and "Smith" not in json.dumps(told) and "@" not in json.dumps(told)
    expect(page.locator("#record-cause")).to_have_value("people")
    assert stored(page) == []
    page.locator("#record-close").click()
    assert stored(page) == []
    page.locator("#record-open").click()
    expect(page.locator("#record")).to_be_visible()
    told = json.loads(page.locator("#record-json").text_content() or "")
    page.locator("#record-cause").select_option("process")
    page.locator("#record-note").fill("Rang Ana Smith.")
    page.locator("#record-confirmed").check()
    page.locator("#record-store").click()
    expect(page.locator("#notices")).to_contain_text("Case record stored.")
    [record] = stored(page)
    assert record["cause"]["kind"] == "process" and record["confirmed"] and record["edited"] == ["cause", "confirmed", "note"]
    same = set(told) - {"cause", "note", "edited", "confirmed"}
    assert {name: record[name] for name in same} == {name: told[name] for name in same}
    page.locator("#send").click()
    expect(page.locator("#record-open")).to_be_visible()


def test_nothing_is_offered_where_nothing_went_wrong(page: Page) -> None:
    page.locator("#paste-own").click()
    page.locator("#paste-text").fill("Customer: When do you open on Sundays?")
    page.locator("#paste-use").click()
    page.locator("#reply").fill("We open at ten on Sundays.")
    page.locator("#closing").check()
    expect(page.locator("#read-as")).to_contain_text("English")
    expect(page.locator("#record-open")).to_be_hidden()


@pytest.mark.parametrize(("language", "button", "store"), [("tr", "Vaka kaydı", "Kaydet"), ("pl", "Karta sprawy", "Zapisz")])
def test_in_the_language_of_the_page(page: Page, language: str, button: str, store: str) -> None:
    page.locator("#language").select_option(language)
    said = {"tr": "Siparişim 48213 kırık geldi!", "pl": "Moje zamówienie 48213 przyszło uszkodzone!"}[language]
    page.locator("#paste-own").click()
    page.locator("#paste-text").fill(said)
    page.locator("#paste-use").click()
    page.locator("#closing").check()
    expect(page.locator("#record-open")).to_have_text(button)
    page.locator("#record-open").click()
    expect(page.locator("#record-store")).to_have_text(store)
    assert "record." not in page.locator("#record").inner_text()
