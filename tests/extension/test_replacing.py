"""Replacing words: whole or not at all, around pictures and links, where editors refuse, and with keys that come meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.extension.harness import EDITORS, eventually
from tests.extension.lone import bundle
from tests.extension.test_editors import flat, go_to_end, load, model

PICTURE = '<img width="9" height="9" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
LINK = '<a href="https://shop.example/policy">our policy</a>'
REFUSE = """(words) => {
  window.refused = words;
  const refuse = (event) => { if (window.refused.includes(event.data)) event.preventDefault(); };
  document.querySelector("#box").addEventListener("beforeinput", refuse);
}"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory, pages: Path) -> Path:
    """The reply box with its handle `alone`."""
    out = tmp_path_factory.mktemp("box") / "box.js"
    bundle(Path(__file__).parent / "box_alone.ts", "--format=iife", f"--outfile={out}")
    return out


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without the extension."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def at(page: Page, words: str, text: str) -> dict[str, Any]:
    """The edit that puts `text` for `words`."""
    start = page.evaluate("alone.text()").index(words)
    return {"start": start, "end": start + len(words), "text": text}


def opened(page: Page, script: Path, desk: str, content: str, name: str = "contenteditable") -> None:
    page.goto(f"{desk}/{name}.html")
    page.evaluate("(content) => { const box = document.querySelector('#box'); box.value = content; box.innerHTML = content; }", content)
    page.click("#box")
    page.keyboard.press("Control+End")
    page.add_script_tag(path=script)
    page.evaluate("alone.open('#box')")


def apply(page: Page, words: str, *edits: dict[str, Any]) -> str:
    """Applies a wording of a finding on `words`; gives the notice."""
    page.evaluate("([words, edits]) => alone.review(words, edits)", [words, list(edits)])
    page.evaluate("alone.apply()")
    notice: str = page.evaluate("alone.notices.pop()")
    return notice


def html(page: Page) -> str:
    inside: str = page.evaluate("document.querySelector('#box').innerHTML.replaceAll('&nbsp;', ' ')")
    return inside


@pytest.mark.parametrize("thing", [PICTURE, '<span contenteditable="false">@Ann</span>', '<video width="9" height="9"></video>', LINK])
def test_what_is_no_text_is_not_replaced(page: Page, script: Path, desk: str, thing: str) -> None:
    opened(page, script, desk, f"<p>Hello. Please {thing} calm down. Bye</p>")
    text = page.evaluate("alone.text()")
    words = text[7 : text.index(" Bye")]
    assert apply(page, "calm down", at(page, words, "I am listening.")) == "kept"
    assert (page.evaluate("alone.text()"), thing in html(page)) == (text, True)
    assert apply(page, "calm down", at(page, "calm down", "wait")) == "applied"
    assert f"Please {thing} wait. Bye" in html(page)


@pytest.mark.parametrize(
    ("content", "words", "text"), [(f"{LINK} says so.", "", "As "), (f"See {LINK}", "See ", ""), (f"We {PICTURE}x", " ", "")]
)
def test_a_range_is_not_widened_over_what_is_no_text(page: Page, script: Path, desk: str, content: str, words: str, text: str) -> None:
    opened(page, script, desk, f"<p>{content}</p>")
    before = page.evaluate("alone.text()")
    edit = at(page, words, text)
    assert page.evaluate("(edit) => alone.replace(edit)", edit) == "done"
    assert page.evaluate("alone.text()") == before[: edit["start"]] + text + before[edit["end"] :]
    assert (LINK if "href" in content else PICTURE) in html(page)


@pytest.mark.parametrize("name", ["quill", "summernote", "tinymce", "trix"])
def test_pictures_in_editors_stay(page: Page, script: Path, editors: str, name: str) -> None:
    page.goto(f"{editors}/build/{name}.html")
    page.wait_for_function("() => window.bench")
    load(page, [[("Hello. Please ", False)]])
    go_to_end(page, name)
    host = "iframe" if name == "tinymce" else "trix-editor" if name == "trix" else ".ql-editor, .note-editable"
    insert = """([host, html]) => {
      const one = document.querySelector(host);
      (one.contentDocument ?? document).execCommand("insertHTML", false, html);
    }"""
    page.evaluate(insert, [host, f"{PICTURE}calm down. Bye"])
    page.add_script_tag(path=script)
    page.evaluate("(host) => alone.open(host)", host)
    count = "() => bench.html().split('<img').length - 1"
    eventually(lambda: page.evaluate(count) == 1, 3, "the picture is there")
    text = page.evaluate("alone.text()")
    words = text[text.index("Please") : text.index(" Bye")]
    assert apply(page, words, at(page, words, "I am listening.")) == "kept"
    assert (page.evaluate("alone.text()"), page.evaluate(count)) == (text, 1)


def test_a_wording_is_applied_whole_or_not_at_all(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>You must wait. You must pay. Bye</p>")
    edits = at(page, "You must wait.", "Please wait."), at(page, "You must pay.", "Please pay.")
    page.evaluate(REFUSE, ["Please wait."])
    assert apply(page, "You must wait", *edits) == "failed"
    assert page.evaluate("alone.text()") == "You must wait. You must pay. Bye"
    assert page.evaluate("alone.canTakeBack()") is False
    page.keyboard.type("!")
    assert page.evaluate("alone.text()") == "You must wait. You must pay. Bye!"


def test_a_wording_is_taken_back_whole_or_not_at_all(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>You must wait. You must pay. Bye</p>")
    edits = at(page, "You must wait.", "Please wait."), at(page, "You must pay.", "Please pay.")
    assert apply(page, "You must wait", *edits) == "applied"
    page.evaluate(REFUSE, ["You must pay."])
    page.evaluate("alone.takeBack()")
    assert page.evaluate("[alone.notices.pop(), alone.text()]") == ["failed", "Please wait. Please pay. Bye"]
    page.keyboard.type(" Ava")
    page.evaluate("window.refused = []; alone.takeBack()")
    eventually(lambda: page.evaluate("alone.notices.at(-1)") == "undone", 5, "taken back")
    assert page.evaluate("alone.text()") == "You must wait. You must pay. Bye Ava"


def test_what_cannot_be_put_back_is_told_and_can_still_be_taken_back(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>You must wait. You must pay. Bye</p>")
    edits = at(page, "You must wait.", "Please wait."), at(page, "You must pay.", "Please pay.")
    page.evaluate(REFUSE, ["Please wait.", "You must pay."])
    assert apply(page, "You must wait", *edits) == "half"
    assert page.evaluate("alone.text()") == "You must wait. Please pay. Bye"
    page.evaluate("window.refused = []")
    page.evaluate("alone.takeBack()")
    assert page.evaluate("alone.text()") == "You must wait. You must pay. Bye"


def test_a_textarea_that_takes_no_more(page: Page, script: Path, desk: str) -> None:
    text = "You must wait. You must pay. Bye"
    opened(page, script, desk, text, "textarea")
    page.evaluate("(most) => { document.querySelector('#box').maxLength = most; }", len(text))
    edits = at(page, "You must wait.", "Could you wait a moment, please?"), at(page, "You must pay.", "Pay.")
    assert apply(page, "You must wait", *edits) == "failed"
    assert page.evaluate("alone.text()") == text
    page.keyboard.press("Backspace")
    assert page.evaluate("alone.text()") == text[:-1]


@pytest.mark.parametrize("name", ["contenteditable", "textarea"])
def test_edits_follow_what_was_typed_since_the_review(page: Page, script: Path, desk: str, name: str) -> None:
    opened(page, script, desk, "Hello Ann. Calm down. Bye", name)
    edits = [{"start": 5, "end": 5, "text": ","}, at(page, "Calm down.", "I see.")]
    page.evaluate("([words, edits]) => alone.review(words, edits)", ["Calm down", edits])
    page.keyboard.press("Control+Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("my dearest ")
    page.evaluate("alone.apply()")
    assert page.evaluate("[alone.notices.pop(), alone.text()]") == ["applied", "Hello, my dearest Ann. I see. Bye"]


def test_an_edit_that_was_typed_into_is_stale(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello Ann. Calm down. Bye</p>")
    page.evaluate("(edits) => alone.review('Calm down', edits)", [at(page, "Hello", "Hi"), at(page, "Calm down.", "I see.")])
    page.keyboard.press("Control+Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("s")
    page.evaluate("alone.apply()")
    assert page.evaluate("[alone.notices.pop(), alone.text()]") == ["stale", "Hellos Ann. Calm down. Bye"]


def test_words_that_changed_meanwhile_do_not_stay_selected(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    page.evaluate(
        """(edit) => {
          const change = () => document.querySelector("p").firstChild.insertData(0, "Oh. ");
          document.addEventListener("selectionchange", change, { once: true });
          return alone.replace(edit);
        }""",
        at(page, "Calm down.", "I see."),
    )
    page.keyboard.type("!")
    assert page.evaluate("alone.text()") == "Oh. Hello. Calm down. Bye!"


def test_the_caret_stays_where_an_editor_refuses(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    page.evaluate(REFUSE, ["I am listening to you."])
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("(edit) => alone.replace(edit)", at(page, "Calm down.", "I am listening to you.")) == "failed"
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("!")
    assert page.evaluate("alone.text()") == "Hello. Calm down.! Bye"


@pytest.mark.parametrize("undo", [False, True], ids=["no history", "a history that does not go far enough"])
def test_the_text_is_put_back_where_an_editor_makes_something_else_of_it(page: Page, script: Path, desk: str, undo: bool) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    page.evaluate(
        """(undo) => document.querySelector("#box").addEventListener("beforeinput", (event) => {
          if (event.data !== "I see.") return;
          event.preventDefault();
          if (undo) for (const words of ["Calm", "<i>down</i>"]) document.execCommand("insertHTML", false, words);
          else document.querySelector("p").firstChild.replaceData(7, 4, "I see");
        })""",
        undo,
    )
    text = page.evaluate("alone.text()")
    assert page.evaluate("(edit) => alone.replace(edit)", at(page, "Calm down.", "I see.")) == "failed"
    assert page.evaluate("alone.text()") == text


KEYS = (
    "plain",
    "ckeditor5",
    "ckeditor4",
    "tiptap",
    "quill",
    "lexical",
    "slate",
    "draft-js",
    "tinymce",
    "trix",
    "squire",
    "froala",
    "summernote",
)


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_come_meanwhile_take_effect(page: Page, script: Path, editors: str, name: str) -> None:
    if not (EDITORS / "build" / f"{name}.html").is_file():
        pytest.skip(f"{name} is not installed")
    page.goto(f"{editors}/build/{name}.html")
    page.wait_for_function("() => window.bench")
    load(page, [[("Hello. Calm down. Bye", False)]])
    go_to_end(page, name)
    page.add_script_tag(path=script)
    host = {"ckeditor4": "iframe.cke_wysiwyg_frame", "tinymce": "iframe", "trix": "trix-editor"}.get(
        name, "#editor, .ck-content, .note-editable"
    )
    if name in ("ckeditor5", "summernote"):
        host = ".ck-content, .note-editable"
    page.evaluate("(host) => alone.open(host)", host)
    page.keyboard.type(" Ok")
    page.wait_for_timeout(150)
    page.evaluate("(edit) => { alone.running = alone.replace(edit); }", at(page, "Calm down.", "I see."))
    for key in ("Backspace", "Backspace", "A", "v", "a", "Enter", "x", "y", "ArrowLeft", "z"):
        page.keyboard.press(key)
    assert page.evaluate("alone.running") == "done"
    eventually(lambda: flat(model(page)) == "Hello. I see. Bye Ava\nxzy", 3, f"{model(page)} {page.evaluate('alone.text()')}")


@pytest.mark.parametrize("name", ["plain", "ckeditor5", "quill", "lexical"])
def test_what_is_pasted_meanwhile_is_there(page: Page, script: Path, editors: str, name: str) -> None:
    page.goto(f"{editors}/build/{name}.html")
    page.wait_for_function("() => window.bench")
    load(page, [[("Hello. Calm down. Bye", False)]])
    go_to_end(page, name)
    page.add_script_tag(path=script)
    page.evaluate("(host) => alone.open(host)", ".ck-content" if name == "ckeditor5" else "#editor")
    page.evaluate("navigator.clipboard.writeText(' Ava')")
    page.evaluate("(edit) => { alone.running = alone.replace(edit); }", at(page, "Calm down.", "I see."))
    page.keyboard.press("Control+v")
    assert page.evaluate("alone.running") == "done"
    eventually(lambda: flat(model(page)) == "Hello. I see. Bye Ava", 3, f"{model(page)} {page.evaluate('alone.text()')}")


def test_an_input_method_that_begins_meanwhile_does_not_overwrite_the_words(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    cdp = page.context.new_cdp_session(page)
    page.evaluate("(edit) => { alone.running = alone.replace(edit); }", at(page, "Calm down.", "I see."))
    cdp.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    page.evaluate("alone.running")
    cdp.send("Input.insertText", {"text": "日本"})
    assert page.evaluate("alone.text()") in ("Hello. Calm down. Bye日本", "Hello. I see. Bye日本")


def test_an_input_method_that_composes_is_not_disturbed(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    assert page.evaluate("(edit) => alone.replace(edit)", at(page, "Calm down.", "I see.")) == "stale"
    cdp.send("Input.insertText", {"text": "日本"})
    assert page.evaluate("alone.text()") == "Hello. Calm down. Bye日本"
    assert page.evaluate("(edit) => alone.replace(edit)", at(page, "Calm down.", "I see.")) == "done"


def test_underlines_stay_where_an_editor_writes_the_same_again(page: Page, script: Path, desk: str) -> None:
    opened(page, script, desk, "<p>Hello. Calm down. Bye</p>")
    page.evaluate("alone.review('Calm down', [])")
    shown = "() => [...CSS.highlights.values()].flatMap((one) => [...one].map(String))"
    assert page.evaluate(shown) == ["Calm down"]
    page.evaluate("() => { const box = document.querySelector('#box'); box.innerHTML = box.innerHTML; }")
    eventually(lambda: page.evaluate(shown) == ["Calm down"], 2, "underlined again")


@pytest.mark.parametrize("name", ["frame", "frame-textarea"])
def test_the_caret_of_a_frame_is_nowhere_while_the_focus_is_outside(page: Page, script: Path, desk: str, name: str) -> None:
    page.goto(f"{desk}/{name.partition('-')[0]}.html")
    if name == "frame-textarea":
        page.frame_locator("#frame").locator("body").evaluate(
            "(body) => { body.contentEditable = 'false'; body.innerHTML = '<textarea></textarea>'; }"
        )
    box = page.frame_locator("#frame").locator("textarea" if name == "frame-textarea" else "body")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<input>')")
    page.add_script_tag(path=script)
    page.evaluate("alone.open('#frame')")
    box.click()
    page.keyboard.type("Hello")
    assert page.evaluate("alone.caret()") == 5
    page.click("input")
    assert page.evaluate("alone.caret()") is None
