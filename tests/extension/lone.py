"""The extension's pages alone: side panel and options in a tab, with a stand-in for the extension API."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from tests.extension.harness import EXTENSION, command

AXE = EXTENSION / "node_modules" / "axe-core" / "axe.min.js"
ESBUILD = EXTENSION / "node_modules" / "esbuild" / "bin" / "esbuild"
STUB = Path(__file__).parent / "chrome_stub.js"
ORIGIN = "https://pages.example"
LANGUAGES = ("en", "tr", "pl")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


def bundle(source: Path, *options: str) -> None:
    """Bundle `source` as the extension's own build does."""
    subprocess.run([command("node"), str(ESBUILD), str(source), "--bundle", "--log-level=error", *options], check=True)


def build_pages(out: Path) -> Path:
    """Panel and options as they ship, in the folder `out`."""
    for name in ("panel", "options"):
        source = EXTENSION / "src" / name / name
        for kind in (".ts", ".css"):
            bundle(source.with_suffix(kind), f"--outdir={out}", "--format=esm")
        shutil.copy(source.with_suffix(".html"), out)
    return out


@contextmanager
def opened(browser: Browser, pages: Path) -> Iterator[Page]:
    """A tab as wide as a side panel in which `ORIGIN` shows `pages`; their scripts must not fail."""
    tab = browser.new_page(viewport={"width": 400, "height": 900}, locale="en-GB")
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))

    def answer(route: Route) -> None:
        file = pages / route.request.url.removeprefix(ORIGIN).strip("/").partition("?")[0]
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=f"{KINDS[file.suffix]}; charset=utf-8")
        else:
            route.fulfill(status=404)

    tab.route("**/*", answer)
    tab.add_init_script(path=STUB)
    try:
        yield tab
        assert failures == []
    finally:
        tab.close()


def sent(tab: Page) -> list[dict[str, Any]]:
    """What the page sent since the last call."""
    messages: list[dict[str, Any]] = tab.evaluate("coach.sent.splice(0)")
    return messages


def serious(tab: Page) -> list[str]:
    """Violations that axe calls serious or critical."""
    if not tab.evaluate("'axe' in window"):
        tab.add_script_tag(path=AXE)
    found = tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def words_left(tab: Page) -> list[str]:
    """Keys of texts that were shown instead of a text, and slots left open."""
    text = tab.locator("body").inner_text()
    return re.findall(
        r"\b(?:side|seen|options|notice|panel|card|step|gate|missing|move|case|slot|wish|connection)\.[a-z_.-]+\b|\{\w+\}", text
    )
