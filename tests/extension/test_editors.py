"""Sixteen editors by six cases: the wording gets into the editor's own model, nothing of ours is saved, typing goes on, undo restores."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.extension.harness import EDITORS, Layer, Remote, eventually

NAMES = (
    "ckeditor5 ckeditor4 tiptap quill lexical froala summernote tinymce draft-js slate trix squire plain gmail textarea react-textarea"
).split()
FRAMES = {"ckeditor4": "iframe.cke_wysiwyg_frame", "tinymce": "iframe.tox-edit-area__iframe"}
HOSTS = "[contenteditable=true]:visible, textarea:visible, trix-editor"
CALM = "Please calm down."
SURE_TR = "Doğru tuşa bastığınıza emin misiniz?"
SURE = "Are you sure you entered the right address?"
Run = tuple[str, bool]
CASES: dict[str, tuple[list[list[Run]], list[str]]] = {
    "plain": ([[(f"Hello Ann. {CALM} We are on it.", False)]], [CALM]),
    "bold": ([[("Hello Ann. ", False), (f"Read this. {CALM} We are on it.", True), (" Ava is here", False)]], [CALM]),
    "across bold": ([[("Hello Ann. Please ", False), ("calm down. We", True), (" are on it.", False)]], [CALM]),
    "paragraphs": ([[(f"Hello Ann. {CALM}", False)], [(f"We are on it. {SURE} Ava is here", False)]], [CALM, SURE]),
    "break emoji": ([[(f"Hello 😀 Ann,\n{CALM} We are 👍 on it.", False)]], [CALM]),
    "İ": ([[(f"İyi günler İpek Hanım. {SURE_TR} Sizinle ilgileniyoruz.", False)]], [SURE_TR]),
}
BOLD = """(html) => {
  const root = new DOMParser().parseFromString(html, "text/html").body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let words = "";
  while (walker.nextNode()) words += walker.currentNode.parentElement.closest("strong, b") ? walker.currentNode.data : "|";
  return words.replaceAll("\\u00a0", " ");
}"""
TYPED = " Ok"
MORE = " yes"


def open_editor(context: BrowserContext, address: str, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/build/{name}.html")
    page.wait_for_function("() => window.bench", timeout=20_000)
    return page


def load(page: Page, paragraphs: list[list[Run]]) -> None:
    page.evaluate(
        "(paragraphs) => window.bench.load(paragraphs)", [[{"text": text, "bold": bold} for text, bold in runs] for runs in paragraphs]
    )


def model(page: Page) -> list[str]:
    lines: list[str] = page.evaluate("() => window.bench.model()")
    return [line.replace("\xa0", " ") for line in lines]


def flat(lines: list[str]) -> str:
    """Lines as the coach reads them: one break is as good as two."""
    return "\n".join(part for line in lines for part in line.split("\n") if part)


def go_to_end(page: Page, name: str) -> None:
    """Click into the last line of what the agent writes, and go to its end."""
    frame = page.frame_locator(FRAMES[name]).locator("body") if name in FRAMES else page.locator(HOSTS).first
    if name == "gmail":
        frame.locator("> div").nth(0).click()
        last = page.evaluate("() => [...document.querySelectorAll('#editor > div:not(.gmail_quote)')].length") - 1
        frame.locator("> div").nth(last).click()
        page.keyboard.press("End")
        return
    frame.click()
    page.keyboard.press("Control+End")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_editor(context: BrowserContext, remote: Remote, editors: str, name: str, case: str) -> None:
    if not (EDITORS / "build" / f"{name}.html").is_file():
        pytest.skip(f"{name} is not installed")
    page = open_editor(context, editors, name)
    try:
        paragraphs, faults = CASES[case]
        load(page, paragraphs)
        go_to_end(page, name)
        remote.watch(page)
        page.keyboard.type(TYPED, delay=15)
        typed = flat(model(page))
        assert typed == flat(["".join(text for text, _ in runs) for runs in paragraphs]) + TYPED
        expected = typed
        for count, fault in reversed(list(enumerate(faults, 1))):
            found = wait_findings(remote, expected, count)
            item = next(one for one in found if fault.startswith(one["words"]) or one["words"] in fault)
            wording = item["suggestions"][0]["edits"][0]["text"]
            remote.command(do="apply", key=item["key"], wording=0)
            expected = expected.replace(fault, wording)
            told(remote, "applied")
            assert flat(model(page)) == expected
        page.keyboard.type(MORE, delay=15)
        eventually(lambda: flat(model(page)) == expected + MORE, 3, "typing goes on")
        saved = page.evaluate("() => window.bench.html()")
        assert "reply-coach" not in saved.lower()
        if case == "bold":
            assert name in ("textarea", "react-textarea") or wording in page.evaluate(BOLD, saved), saved
        for _ in faults:
            remote.wait("state.page.canUndo")
            remote.command(do="undo")
            told(remote, "undone")
        assert flat(model(page)) == typed + MORE
        page.keyboard.press("Backspace")
        page.keyboard.type("p")
        eventually(lambda: flat(model(page)) == (typed + MORE)[:-1] + "p", 3, "the editor lives")
        assert Layer(page).ask("(root) => root.querySelectorAll('.badge').length") == 1
    finally:
        page.close()


def wait_findings(remote: Remote, text: str, count: int) -> list[dict[str, Any]]:
    state = remote.wait(
        "state.page && state.page.text.replace(/\\n+/g, '\\n').trim() === what[0] && "
        "state.page.findings.filter((f) => f.suggestions.length && f.live && !f.waiting).length >= what[1]",
        [text, count],
    )
    return [one for one in state["page"]["findings"] if one["suggestions"] and one["live"]]


def told(remote: Remote, code: str) -> None:
    """Wait for the next notice, and forget it."""
    state = remote.wait("state.page?.notice && state.page.notice.code")
    assert state["page"]["notice"]["code"] == code
    remote.page.evaluate("() => { window.shown.page.notice = null; }")
