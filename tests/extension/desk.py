"""Pages with nothing but a reply box, and what can be seen of the coach on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.extension.harness import serving

DRAFT = "Hello Ann. Please calm down. We are on it."
FAULT = "Please calm down."
PAGES = {
    "textarea": '<textarea id="box" rows="8" cols="60"></textarea>',
    "contenteditable": '<div id="box" contenteditable="true" style="min-height:8em"></div>',
    "grammarly": '<textarea id="box" data-enable-grammarly="false"></textarea>',
    "grammarly-around": '<div data-gramm="false"><div id="box" contenteditable="true" style="min-height:8em"></div></div>',
    "readonly": '<textarea id="box" readonly>Please calm down.</textarea>',
    "search": '<div id="box" role="searchbox" contenteditable="true">x</div>',
    "dialog": '<dialog id="frame"><textarea id="box" rows="8" cols="60"></textarea></dialog><script>frame.showModal()</script>',
    "frame": '<iframe id="frame" srcdoc="&lt;body contenteditable&gt;&lt;p&gt;&lt;br&gt;&lt;/p&gt;" width="600" height="300"></iframe>',
    "hostile": """<script>customElements.define("reply-coach", class extends HTMLElement {
      connectedCallback() { setTimeout(() => { window.stolen = this.attachInternals().shadowRoot; }); }
    })</script><div id="box" contenteditable="true" style="min-height:8em"></div>""",
    "shadow": """<script>customElements.define("my-desk", class extends HTMLElement {
      constructor() {
        super();
        this.attachShadow({ mode: "open" }).innerHTML = '<div id="box" contenteditable style="min-height:8em"></div>';
      }
    })</script><my-desk></my-desk>""",
}
TEXT = "() => document.querySelector('#box').value ?? document.querySelector('#box').innerText"
HIGHLIGHTS = "() => [...CSS.highlights].filter(([name]) => name.startsWith('reply-coach')).flatMap(([, one]) => [...one].map(String))"


@contextmanager
def desk_pages(folder: Path) -> Iterator[str]:
    """The address of the pages of PAGES, each at /NAME.html."""
    for name, box in PAGES.items():
        folder.joinpath(f"{name}.html").write_text(
            f'<!doctype html><html lang="en"><title>{name}</title><h1>Reply</h1>{box}</html>', "utf-8"
        )
    with serving(folder) as address:
        yield address


def underlined(page: Page) -> list[str]:
    """The words of an editing host under which there is a line."""
    words: list[str] = page.evaluate(HIGHLIGHTS)
    return words
