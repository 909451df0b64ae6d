"""The pictures of docs/extension.md, taken from the running extension. `EXTENSION_PICTURES` is the folder to put them in."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.test_playground import REPO
from tests.extension.harness import ORIGIN, Layer, Remote

HTML = (Path(__file__).parent / "pages" / "picture.html").read_bytes()
DRAFT = (
    "Hi Dana,\n\nI'm sorry your order came with a cracked lid again. Please calm down. What is your order number? "
    "I'm sending a new lid today."
)
LARGEST = 250_000


class _Ticket(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(HTML)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A ticket of a helpdesk that the coach knows."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Ticket))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tickets/1/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return Path(os.environ.get("EXTENSION_PICTURES") or tmp_path)


def take(page: Page, path: Path, height: int | None = None) -> None:
    """A picture of the page, of modest size."""
    size = page.viewport_size
    assert size is not None
    if height:
        page.set_viewport_size({"width": size["width"], "height": height})
    page.screenshot(path=path)
    assert 5_000 < path.stat().st_size < LARGEST


def test_card_and_panel(context: BrowserContext, remote: Remote, address: str, folder: Path) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 880, "height": 760})
    page.goto(address)
    page.click("#commentBox")
    page.keyboard.insert_text(DRAFT)
    remote.watch(page)
    found = remote.findings(DRAFT, 2, 20)
    calm = next(one for one in found if one["rule"] == "calm-down")
    remote.command(do="focus", key=calm["key"])
    Layer(page).wait("(root) => root.querySelector('.card[data-rule=\"calm-down\"]')?.checkVisibility()")
    page.bring_to_front()
    take(page, folder / "extension-card.png")

    tab = remote.page.evaluate("(url) => chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url === url).id)", address)
    panel = context.new_page()
    panel.set_viewport_size({"width": 420, "height": 1180})
    panel.goto(f"{ORIGIN}/panel.html?tab={tab}")
    panel.wait_for_selector("#findings .finding >> nth=1")
    take(panel, folder / "extension-panel.png")
    panel.locator("details#seen-box-turns").evaluate("(box) => { box.open = true; }")
    section = panel.locator("section", has=panel.locator("#seen-title"))
    section.screenshot(path=folder / "extension-seen.png")
    panel.close()
    page.close()


def test_options(context: BrowserContext, remote: Remote, folder: Path) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 760, "height": 1000})
    page.goto(f"{ORIGIN}/options.html")
    page.wait_for_selector("body[data-ready]")
    page.fill("#server", "http://127.0.0.1:8765")
    take(page, folder / "extension-options.png", min(1700, int(page.evaluate("document.documentElement.scrollHeight"))))
    page.close()


def test_the_readme_shows_what_is_taken_here() -> None:
    readme = (REPO / "README.md").read_text("utf-8")
    for name in ("card", "panel", "options"):
        assert f"](docs/extension-{name}.png)" in readme and (REPO / "docs" / f"extension-{name}.png").is_file()
