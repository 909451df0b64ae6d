"""The part of the extension's tests that runs in `make test`: types, unit tests, and a draft from the first key to the undone wording."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.extension.harness import EXTENSION, Coach, Layer, Remote, command, eventually, serving

DRAFT = "Hello Ann. Please calm down. We are on it."
FAULT = "Please calm down."
PAGES = {
    "textarea": '<textarea id="box" rows="8" cols="60"></textarea>',
    "contenteditable": '<div id="box" contenteditable="true" style="min-height:8em"></div>',
}
TEXT = "() => document.querySelector('#box').value ?? document.querySelector('#box').innerText"
HIGHLIGHTS = "() => [...CSS.highlights].filter(([name]) => name.startsWith('reply-coach')).flatMap(([, one]) => [...one].map(String))"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pages with nothing but a reply box."""
    folder = tmp_path_factory.mktemp("desk")
    for name, box in PAGES.items():
        folder.joinpath(f"{name}.html").write_text(f'<!doctype html><html lang="en"><title>{name}</title><h1>Reply</h1>{box}</html>', "utf-8")
    with serving(folder) as address:
        yield address


def test_types_and_protocol_are_fresh(coming: Coach) -> None:
    for script in (["scripts/protocol.mjs", "--check"], ["node_modules/typescript/bin/tsc", "--noEmit"]):
        subprocess.run([command("node"), *script], cwd=EXTENSION, check=True)


def test_units(coming: Coach) -> None:
    subprocess.run([command("node"), "build.mjs", "--tests"], cwd=EXTENSION, check=True)
    files = sorted(str(path) for path in (EXTENSION / "build" / "tests").glob("*.test.js"))
    done = subprocess.run([command("node"), "--test", *files], cwd=EXTENSION, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("name", PAGES)
def test_a_draft_from_the_first_key_to_the_undone_wording(context: BrowserContext, remote: Remote, desk: str, name: str) -> None:
    page = context.new_page()
    page.goto(f"{desk}/{name}.html")
    page.click("#box")
    remote.watch(page)
    page.keyboard.type(DRAFT, delay=10)
    [finding] = remote.findings(DRAFT)
    assert finding["words"] == "calm down"
    layer = Layer(page)
    assert layer.ask("(root) => root.querySelector('.badge').dataset.count") == "1"
    assert underlined(page, layer, name) == ["calm down"]
    wording = finding["suggestions"][0]["edits"][0]["text"]
    page.keyboard.press("F8")
    layer.wait("(root) => !root.querySelector('.card').hidden")
    assert page.evaluate("() => document.activeElement.id") == "box"
    page.keyboard.press("Alt+Enter")
    better = DRAFT.replace(FAULT, wording)
    eventually(lambda: page.evaluate(TEXT) == better, 5, "the wording is applied")
    remote.wait("state.page.canUndo && state.page.text === what", better)
    page.keyboard.type(" Ava")
    remote.wait("state.page.text === what", f"{better} Ava")
    remote.command(do="undo")
    eventually(lambda: page.evaluate(TEXT) == f"{DRAFT} Ava", 5, "the wording is taken back")
    page.close()


def underlined(page: Page, layer: Layer, name: str) -> list[str]:
    """The words under which there is a line."""
    if name == "textarea":
        words: list[str] = layer.ask("(root) => [...root.querySelectorAll('mark')].map((mark) => mark.textContent)")
    else:
        words = page.evaluate(HIGHLIGHTS)
    return words
