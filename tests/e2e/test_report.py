"""The report of an audit in a real browser: quiet, self-contained, accessible, fit for a phone and for paper."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

if not os.environ.get("CI"):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from coach.audit.report.collect import collect
from coach.audit.report.figures import Figures
from coach.audit.report.page import page as made_page
from coach.types import LANGUAGES
from tests.audit_tables import conversation, finding, plausible, reply, write
from tests.e2e.test_playground import chromium_path

LONG = "unbreakable" * 30
READ = """() => [...document.querySelectorAll('table[data-table]')].map((table) => ({
  name: table.dataset.table,
  rows: [...table.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell) =>
    [cell.dataset.column, [...cell.querySelectorAll('data')].map((data) => data.value)]))),
}))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, on CI they fail."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Those of a made-up audit with text."""
    return collect(plausible(tmp_path_factory.mktemp("audit"), 500, text=True), agents=True, zone="Europe/Istanbul")


@pytest.fixture(scope="module")
def pages(figures: Figures, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The report in every language, of a small audit and an empty one, and of one whose names have no place to break."""
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, str] = {language: made_page(figures, language, "1.0") for language in LANGUAGES}
    made["empty"] = made_page(collect(write(folder / "none")), "en", "1.0")
    made["small"] = made_page(collect(plausible(folder / "few", 25, text=True), agents=True), "tr", "1.0")
    ids = [f"{LONG}{n}" for n in range(8)]
    long = write(
        folder / "long",
        conversations=[conversation(name, replies=1, channel=LONG, tags=[LONG], customer=LONG) for name in ids],
        turns=[reply(name, template_key="k", text=LONG) for name in ids],
        findings=[finding(name, "excuse", text=LONG) for name in ids],
        text=True,
    )
    made["long"] = made_page(collect(long), "en", "1.0")
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def told() -> list[str]:
    """What the page complained of and asked for."""
    return []


def opened(chromium: Browser, path: Path, told: list[str], **options: Any) -> Page:
    """The page, whose complaints and requests are noted."""
    page = chromium.new_page(**options)
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", (*LANGUAGES, "empty", "long"))
@pytest.mark.parametrize("width", (390, 1280))
def test_it_is_quiet_asks_for_nothing_and_fits(
    chromium: Browser, pages: Mapping[str, Path], told: list[str], name: str, width: int
) -> None:
    page = opened(chromium, pages[name], told, viewport={"width": width, "height": 844})
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        "(width) => [...document.querySelectorAll('body *')].filter((e) => e.getClientRects().length && !e.closest('.skip, thead, caption')"
        " && e.getBoundingClientRect().right > width + 0.5).map((e) => e.outerHTML.slice(0, 80))",
        width,
    )
    assert wide == []
    small = page.evaluate(
        "() => [...document.querySelectorAll('svg text')].filter((e) => e.getBoundingClientRect().height < 9).map((e) => e.textContent)"
    )
    assert small == [], "letters of a chart that nobody can read on a phone"
    page.close()
    assert told == []


@pytest.mark.parametrize(
    ("name", "scheme", "options"),
    (("small", "light", {}), ("empty", "light", {}), ("small", "dark", {"runOnly": ["color-contrast"]})),
)
def test_axe_finds_nothing_serious(
    chromium: Browser, pages: Mapping[str, Path], told: list[str], name: str, scheme: Any, options: dict[str, Any]
) -> None:
    page = opened(chromium, pages[name], told, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    for summary in page.locator("summary").all():
        summary.click()
    found = Axe().run(page, options=options).response
    assert found["passes"], "axe looked at nothing"
    grave = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert grave == []
    page.close()


def test_it_prints_whole(chromium: Browser, pages: Mapping[str, Path], told: list[str]) -> None:
    page = opened(chromium, pages["en"], told, viewport={"width": 1280, "height": 900}, color_scheme="dark")
    written = PdfReader(BytesIO(page.pdf(format="A4")))
    text = "\n".join(one.extract_text() for one in written.pages)
    assert 3 <= len(written.pages) <= 25
    for heading in ("Three things to coach next", "The worst of each", "week of", "Not kept in time", "How this was counted"):
        assert heading in text, "what is folded on the screen is open on paper"
    assert "Contents" not in text
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
    assert told == []


def test_the_page_shows_the_numbers_of_the_tables(chromium: Browser, pages: Mapping[str, Path], told: list[str], figures: Figures) -> None:
    for language in LANGUAGES:
        page = opened(chromium, pages[language], told)
        shown = page.evaluate(READ)
        facts = page.evaluate("() => [...document.querySelectorAll('data[data-fact]')].map((e) => [e.dataset.fact, e.value])")
        page.close()
        assert dict(facts)["failures"] == str(figures.facts["failures"])
        filled = {name for name, table in figures.tables.items() if table.rows}
        assert filled - {"spikes"} <= {table["name"] for table in shown} <= filled, "groups that do not stand out stay in the files"
        for table in shown:
            known = [{key: repr(value) for key, value in row.items()} for row in figures.tables[table["name"]]]
            for row in table["rows"]:
                told_row = {name: values for name, values in row.items() if values}
                assert any(_same(told_row, one) for one in known), (language, table["name"], told_row)
    assert told == []


def _same(shown: Mapping[str, list[str]], known: Mapping[str, str]) -> bool:
    """Whether every number shown is that of this row: a share or rate with its interval."""
    ends = [known[end] for end in ("low", "high") if end in known]
    return all(values == [known[name], *ends][: len(values)] for name, values in shown.items())


def test_a_guard_against_scripts_is_in_force(chromium: Browser, pages: Mapping[str, Path], told: list[str]) -> None:
    page = opened(chromium, pages["en"], told)
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); "
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\" id=styled>x</p>'); }"
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"
    page.close()
    assert any("Content Security Policy" in line for line in told)
