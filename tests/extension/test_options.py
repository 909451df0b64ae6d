"""The options page alone in a real browser, and the completeness of all texts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.extension.harness import EXTENSION
from tests.extension.lone import LANGUAGES, ORIGIN, STUB, sent, serious, words_left


def options(tab: Page, /, **start: Any) -> None:
    """Opens the options page; `start` is what the browser holds."""
    commands = [
        {"name": "_execute_action", "description": "", "shortcut": "Ctrl+Shift+Y"},
        {"name": "next", "description": "Go to the next finding", "shortcut": ""},
    ]
    tab.add_init_script(f"window.coachStart = {json.dumps({'commands': commands, **start})};")
    tab.add_init_script(path=STUB)
    tab.goto(f"{ORIGIN}/options.html")
    tab.wait_for_selector("body[data-ready]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_options_are_accessible_in_every_language_and_scheme(tab: Page, language: str, scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    stored = {"uiLanguage": language, "dismissed": [{"rule": "canned", "scope": "rule", "text": None}], "server": "http://coach.example"}
    options(tab, stored={"settings": stored}, origins=["https://help.example/*"])
    expect(tab.locator("html")).to_have_attribute("lang", language)
    expect(tab.locator("#server-plain")).to_be_visible()
    tab.locator("#site").fill("nonsense")
    tab.locator("#site-allow").click()
    assert serious(tab) == [] and words_left(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_server_and_key_are_kept_on_save_only(tab: Page) -> None:
    options(tab)
    expect(tab.locator("#server")).to_have_value("http://127.0.0.1:8765")
    tab.locator("#server").fill(" https://coach.example/base/ ")
    tab.locator("#key").fill("sixteen-characters-and-more")
    assert tab.evaluate("coach.stored") == {}
    tab.locator("#key").press("Enter")
    expect(tab.locator("#server-said")).to_have_text("Saved.")
    kept = tab.evaluate("coach.stored.settings")
    assert (kept["server"], kept["key"]) == ("https://coach.example/base", "sixteen-characters-and-more")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "coach.example",
        "ws://coach.example",
        "javascript:alert(1)",
        "https://",
        "http://me:secret@coach.example",
        "https://coach.example?x=1",
    ],
)
def test_a_wrong_address_is_not_kept(tab: Page, address: str) -> None:
    options(tab)
    tab.locator("#server").fill(address)
    tab.locator("#save").click()
    expect(tab.locator("#server-said")).to_contain_text("This is no address")
    assert tab.evaluate("coach.stored") == {}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"ok": True, "version": "0.1.0", "classifier": True, "languages": ["en"]}, "version 0.1.0, with the classifier"),
        ({"ok": True, "version": "0.1.0", "classifier": False, "languages": ["en"]}, "rules alone"),
        ({"ok": False, "why": "unreachable"}, "No answer"),
        ({"ok": False, "why": "denied"}, "did not let us in"),
        ({"ok": False, "why": "not_a_coach"}, "no coach server"),
    ],
)
def test_the_test_button_says_how_it_went(tab: Page, answer: dict[str, Any], text: str) -> None:
    options(tab, answers={"test": answer})
    tab.locator("#key").fill("another-key-of-mine")
    tab.locator("#test").click()
    expect(tab.locator("#server-said")).to_contain_text(text)
    assert sent(tab) == [{"type": "test", "server": "http://127.0.0.1:8765", "key": "another-key-of-mine"}]
    assert tab.evaluate("coach.stored") == {}


def test_sites_are_granted_and_taken_back_one_by_one(tab: Page) -> None:
    options(tab)
    expect(tab.locator("#sites-none")).to_be_visible()
    for address in ("https://help.example/agent/tickets/1", "http://127.0.0.1:8870"):
        tab.locator("#site").fill(address)
        tab.locator("#site").press("Enter")
    expect(tab.locator("#sites li")).to_have_count(2)
    assert tab.evaluate("coach.asked") == ["https://help.example/*", "http://127.0.0.1/*"]
    tab.locator("#sites li", has_text="help.example").get_by_role("button").click()
    expect(tab.locator("#sites li")).to_have_count(1)
    expect(tab.locator("#site")).to_be_focused()
    assert tab.evaluate("coach.removed") == ["https://help.example/*"]
    tab.evaluate("coach.grant = false")
    tab.locator("#site").fill("https://other.example")
    tab.locator("#site-allow").click()
    expect(tab.locator("#site-said")).to_contain_text("did not allow it")
    expect(tab.locator("#sites li")).to_have_count(1)


def test_unassigned_shortcuts_stand_out(tab: Page) -> None:
    options(tab)
    expect(tab.locator("#unassigned")).to_have_text("1 shortcut has no key")
    expect(tab.locator('[data-command="next"]')).to_have_text("not assigned")
    tab.locator("#change-keys").click()
    assert tab.evaluate("coach.opened") == ["chrome://extensions/shortcuts"]


def test_the_language_changes_at_once_and_is_kept(tab: Page) -> None:
    options(tab)
    tab.locator("#ui-language").select_option("tr")
    expect(tab.locator("h1")).to_have_text("Reply Coach seçenekleri")
    tab.locator("#language").select_option("pl")
    tab.wait_for_function("coach.stored.settings.language === 'pl'")
    assert tab.evaluate("coach.stored.settings.uiLanguage") == "tr"


def test_a_rule_dismissed_for_good_can_be_restored(tab: Page) -> None:
    options(
        tab,
        stored={
            "settings": {
                "dismissed": [{"rule": "canned", "scope": "rule", "text": None}, {"rule": "arguing", "scope": "rule", "text": None}]
            }
        },
    )
    tab.locator('#dismissed [data-rule="canned"] button').click()
    expect(tab.locator("#dismissed li")).to_have_count(1)
    assert [one["rule"] for one in tab.evaluate("coach.stored.settings.dismissed")] == ["arguing"]


def test_the_origin_for_the_operator_is_shown(tab: Page) -> None:
    options(tab)
    expect(tab.locator("#origin")).to_have_text("COACH_ORIGINS=chrome-extension://abcdefghijklmnop")


def test_texts_are_complete_in_every_language() -> None:
    texts = {language: (EXTENSION / "src" / "strings" / f"{language}.ts").read_text("utf-8") for language in LANGUAGES}
    keys = {language: re.findall(r'^  "([^"]+)":', text, re.M) for language, text in texts.items()}
    assert keys["tr"] == keys["en"] == keys["pl"] and len(set(keys["en"])) == len(keys["en"])
    slots = {
        language: [sorted(set(re.findall(r"\{(\w+)\}", line))) for line in text.splitlines() if line.startswith('  "')]
        for language, text in texts.items()
    }
    assert slots["en"] == slots["tr"] == slots["pl"]
    plurals = {"en": {"one", "other"}, "tr": {"other"}, "pl": {"one", "few", "many", "other"}}
    for language, text in texts.items():
        for forms in re.findall(r"^  \"[^\"]+\": \{ (.*) \},$", text, re.M):
            assert set(re.findall(r"(\w+): \"", forms)) == plurals[language], forms
    names = {language: json.loads((EXTENSION / "_locales" / language / "messages.json").read_text("utf-8")) for language in LANGUAGES}
    assert names["en"].keys() == names["tr"].keys() == names["pl"].keys()
    assert all(len(name["description"]["message"]) <= 132 for name in names.values()), "the store takes 132 characters"
