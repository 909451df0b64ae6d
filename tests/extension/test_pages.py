"""Side panel and options page in a real browser, with a stand-in for the extension API: every state, language and colour scheme."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from coach.pipeline import review
from coach.protocol import encode, to_wire
from coach.types import Draft, Turn
from tests.e2e.test_playground import REPO, chromium_path
from tests.extension.harness import command, has_node

FOLDER = REPO / "extension"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
STUB = Path(__file__).parent / "chrome_stub.js"
ORIGIN = "https://pages.example"
LANGUAGES = ("en", "tr", "pl")
DRAFT = "Are you sure you entered the right address? That was caused by our warehouse, not by us in support. I'll call you by Friday."
SETTINGS = {"uiLanguage": "en", "language": "auto", "server": "http://127.0.0.1:8765"}
HELP = {"host": "help.example", "pattern": "https://help.example/*", "granted": True}
LIVE = {"state": "live", "version": "0.1.0", "classifier": True}
TURNS: list[dict[str, Any]] = [
    {"role": "customer", "text": "My order #48213 came with a cracked lid. This is the third time!", "at": "2026-11-20T07:15:00.000Z"},
    {"role": "agent", "text": "We have received your request.", "automatic": True},
    {"role": "agent", "text": "She writes every week.", "internal": True},
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Panel and options as they ship."""
    esbuild = FOLDER / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists() or not AXE.exists() or not has_node():
        pytest.skip("extension/node_modules is not there, or no Node 20: make extension brings them")
    out = tmp_path_factory.mktemp("pages")
    for name in ("panel", "options"):
        source = FOLDER / "src" / name / name
        for kind in ("ts", "css"):
            subprocess.run([command("node"), str(esbuild), f"{source}.{kind}", "--bundle", f"--outdir={out}", "--format=esm"], check=True)
        shutil.copy(f"{source}.html", out)
    return out


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium")
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def tab(browser: Browser, built: Path) -> Iterator[Page]:
    """A tab as wide as a side panel, whose scripts must not fail."""
    page = browser.new_page(viewport={"width": 400, "height": 900}, locale="en-GB")
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))

    def answer(route: Route) -> None:
        file = built / route.request.url.removeprefix(ORIGIN).strip("/").partition("?")[0]
        kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=f"{kinds[file.suffix]}; charset=utf-8")
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    page.add_init_script(path=STUB)
    yield page
    assert failures == []
    page.close()


@pytest.fixture(scope="module")
def reviewed() -> dict[str, Any]:
    """A real review of `DRAFT`."""
    said = tuple(Turn(turn["role"], turn["text"], None, turn.get("automatic", False), turn.get("internal", False)) for turn in TURNS)
    draft = Draft(DRAFT, "en", said, at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    wire: dict[str, Any] = json.loads(encode(to_wire(review(draft), draft)))
    return wire


def page_state(reviewed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the content script tells of a ticket with that review."""
    findings = [
        {
            **finding,
            "key": f"{finding['rule']}@{index}",
            "live": finding["span"],
            "words": finding["span"] and DRAFT[finding["span"]["start"] : finding["span"]["end"]],
            "waiting": False,
        }
        for index, finding in enumerate(reviewed["findings"])
    ]
    rest = {key: value for key, value in reviewed.items() if key != "findings"}
    conversation = {"site": "zendesk", "key": "zendesk:1", "turns": TURNS, "unclear": 1, "folded": 2}
    state = {"site": "zendesk", "conversation": conversation, "box": "ready", "text": DRAFT, "findings": findings, "review": rest}
    return {**state, "dismissed": [], "canUndo": False, "notice": None, **more}


def panel(tab: Page, /, **state: Any) -> None:
    """Opens the panel if it is not there and shows `state`."""
    if not tab.url.startswith(f"{ORIGIN}/panel.html"):
        tab.goto(f"{ORIGIN}/panel.html?tab=7")
    tab.evaluate("state => coach.show(state)", {"tab": HELP, "connection": LIVE, "page": None, "settings": SETTINGS, **state})


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_panel_is_accessible_in_every_language_and_scheme(tab: Page, reviewed: dict[str, Any], language: str, scheme: Any) -> None:
    tab.emulate_media(color_scheme=scheme)
    dismissed = [{"rule": "arguing", "scope": "here", "text": "actually"}, {"rule": "canned", "scope": "rule", "text": None}]
    state = page_state(reviewed, dismissed=dismissed, canUndo=True, notice={"code": "applied"})
    panel(tab, page=state, settings={**SETTINGS, "uiLanguage": language})
    for box in tab.locator("details").all():
        box.evaluate("box => box.open = true")
    tab.locator("#findings .finding").first.click()
    expect(tab.locator("html")).to_have_attribute("lang", language)
    assert serious(tab) == [] and words_left(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_panel_shows_sequence_promises_conversation_and_gaps(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed))
    expect(tab.locator("#steps .step")).to_have_count(7)
    expect(tab.locator("#steps .gate").first).to_contain_text("G1")
    expect(tab.locator("#facts")).to_contain_text("48213")
    expect(tab.locator("#promises .promise")).to_have_count(1)
    expect(tab.locator("#seen-site")).to_have_text("Read as Zendesk")
    expect(tab.locator("#seen-evidence")).to_contain_text("not tried in a live account")
    expect(tab.locator("#seen-count")).to_have_text("3 messages read")
    expect(tab.locator("#seen-turns li")).to_have_count(3)
    expect(tab.locator("#seen-turns li").nth(2)).to_contain_text("internal note")
    expect(tab.locator("#seen-gaps li")).to_have_count(2)


def test_a_finding_opens_in_place_and_commands_go_out(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed))
    assert sent(tab) == [{"type": "watch", "tab": 7}]
    first = next(one for one in page_state(reviewed)["findings"] if one["visible"] and one["live"] and one["suggestions"])
    row = tab.locator(f'[data-name="{first["key"]}"]')
    row.focus()
    tab.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(row).to_be_focused()
    tab.keyboard.press("Tab")
    wording = tab.locator(f'[data-name="{first["key"]} 0"]')
    expect(wording).to_be_focused()
    tab.keyboard.press("Enter")
    tab.locator(f'[data-name="{first["key"]} here"]').click()
    tab.locator(f'[data-name="{first["key"]} rule"] >> nth=-1').click()
    command = {"key": first["key"]}
    assert [message.get("command", message["type"]) for message in sent(tab)] == [
        {"do": "focus", **command},
        {"do": "apply", **command, "wording": 0},
        {"do": "dismiss", **command, "scope": "here"},
        "open",
    ]


def test_the_focus_stays_where_it_is_while_findings_come_and_go(tab: Page, reviewed: dict[str, Any]) -> None:
    state = page_state(reviewed)
    panel(tab, page=state)
    last = [one for one in state["findings"] if one["visible"]][-1]
    row = tab.locator(f'[data-name="{last["key"]}"]')
    row.focus()
    panel(tab, page={**state, "findings": [last]})
    expect(row).to_be_focused()
    panel(tab, page=state)
    expect(row).to_be_focused()


def test_a_waiting_finding_is_not_applied(tab: Page, reviewed: dict[str, Any]) -> None:
    state = page_state(reviewed)
    panel(tab, page={**state, "findings": [{**one, "waiting": True} for one in state["findings"]]})
    tab.locator("#findings .finding").first.click()
    expect(tab.locator("#findings [data-apply]").first).to_be_disabled()


def test_an_internal_note_is_said_to_be_left_alone(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, box="internal", findings=[], review=None, text=""))
    expect(tab.locator("#seen-box")).to_contain_text("internal note")
    expect(tab.locator("#findings .finding")).to_have_count(0)


def test_an_unknown_helpdesk_is_said_to_be_unknown(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, site="generic", conversation=None))
    expect(tab.locator("#seen-site")).to_contain_text("I do not know this helpdesk")
    expect(tab.locator("#seen-gaps li")).to_have_count(0)
    conversation = {"site": "zendesk", "key": "", "turns": [], "unclear": 0, "folded": 0}
    panel(tab, page=page_state(reviewed, conversation=conversation))
    expect(tab.locator("#seen-gaps li")).to_contain_text("No messages seen")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"tab": None}, "Go to your helpdesk"),
        ({"connection": {"state": "denied"}}, "access key"),
        ({"connection": {"state": "waiting", "until": 0}}, "http://127.0.0.1:8765"),
        ({}, "Reload the page of help.example"),
    ],
)
def test_what_stands_in_the_way_is_said(tab: Page, state: dict[str, Any], text: str) -> None:
    panel(tab, **state)
    expect(tab.locator("#hint")).to_contain_text(text)
    assert serious(tab) == []


@pytest.mark.parametrize("given", [True, False])
def test_a_site_is_asked_for_from_the_panel(tab: Page, given: bool) -> None:
    panel(tab, tab={**HELP, "granted": False})
    tab.evaluate("given => coach.grant = given", given)
    tab.locator("#grant").click()
    assert tab.evaluate("coach.asked") == ["https://help.example/*"]
    expect(tab.locator("#refused")).to_be_visible(visible=not given)
    assert serious(tab) == []


def test_what_became_of_a_command_is_said_for_a_while(tab: Page, reviewed: dict[str, Any]) -> None:
    panel(tab, page=page_state(reviewed, notice={"code": "stale"}))
    panel(tab, page=page_state(reviewed))
    expect(tab.locator("#notice")).to_contain_text("The text has changed since")
    tab.clock.install()
    panel(tab, page=page_state(reviewed, notice={"code": "undone"}))
    tab.clock.run_for(9000)
    expect(tab.locator("#notice")).to_be_empty()


def test_the_panel_comes_back_when_the_worker_died(tab: Page) -> None:
    panel(tab)
    tab.evaluate("coach.drop()")
    tab.wait_for_function("coach.connected === 2")
    assert sent(tab)[-1] == {"type": "watch", "tab": 7}


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
    texts = {language: (FOLDER / "src" / "strings" / f"{language}.ts").read_text("utf-8") for language in LANGUAGES}
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
    names = {language: json.loads((FOLDER / "_locales" / language / "messages.json").read_text("utf-8")) for language in LANGUAGES}
    assert names["en"].keys() == names["tr"].keys() == names["pl"].keys()
    assert all(len(name["description"]["message"]) <= 132 for name in names.values()), "the store takes 132 characters"
