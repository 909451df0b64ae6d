"""The part of the extension's tests that runs in `make test`: types, unit tests, and a draft from the first key to the undone wording."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import BrowserContext

from tests.extension.desk import DRAFT, TEXT, underlined
from tests.extension.harness import EXTENSION, Coach, Layer, Remote, command, eventually


def test_types_and_protocol_are_fresh(coming: Coach) -> None:
    for script in (["scripts/protocol.mjs", "--check"], ["node_modules/typescript/bin/tsc", "--noEmit"]):
        subprocess.run([command("node"), *script], cwd=EXTENSION, check=True)


def test_units(coming: Coach) -> None:
    subprocess.run([command("node"), "build.mjs", "--tests"], cwd=EXTENSION, check=True)
    files = sorted(str(path) for path in (EXTENSION / "build" / "tests").glob("*.test.js"))
    done = subprocess.run([command("node"), "--test", *files], cwd=EXTENSION, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("name", ["textarea", "contenteditable"])
def test_a_draft_from_the_first_key_to_the_undone_wording(context: BrowserContext, remote: Remote, desk: str, name: str) -> None:
    page = context.new_page()
    page.goto(f"{desk}/{name}.html")
    page.click("#box")
    remote.watch(page)
    page.keyboard.type(DRAFT, delay=10)
    [finding] = remote.findings(DRAFT)
    assert finding["words"] == "Please calm down"
    layer = Layer(page)
    assert layer.ask("(root) => root.querySelector('.badge').dataset.count") == "1"
    marks = layer.ask("(root) => [...root.querySelectorAll('mark')].map((mark) => mark.textContent)")
    assert (marks if name == "textarea" else underlined(page)) == ["Please calm down"]
    [edit] = finding["suggestions"][0]["edits"]
    page.keyboard.press("F8")
    layer.wait("(root) => !root.querySelector('.card').hidden")
    assert page.evaluate("() => document.activeElement.id") == "box"
    page.keyboard.press("Alt+Enter")
    better = DRAFT[: edit["start"]] + edit["text"] + DRAFT[edit["end"] :]
    eventually(lambda: page.evaluate(TEXT) == better, 5, "the wording is applied")
    remote.wait("state.page.canUndo && state.page.text === what", better)
    page.keyboard.type(" Ava")
    remote.wait("state.page.text === what", f"{better} Ava")
    remote.command(do="undo")
    eventually(lambda: page.evaluate(TEXT) == f"{DRAFT} Ava", 5, "the wording is taken back")
    page.close()
