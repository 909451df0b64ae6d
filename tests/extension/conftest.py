"""One coach and one browser for all tests of the extension."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

if not os.environ.get("CI"):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.e2e.test_playground import chromium_path
from tests.extension.cells import CELLS, LEAST, cell, shortfall
from tests.extension.desk import desk_pages
from tests.extension.harness import EDITORS, EXTENSION, KEY, Coach, Remote, browsing, built, command, has_node, serving
from tests.extension.lone import AXE, ESBUILD, build_pages, opened

if os.environ.get("EXTENSION_SUITE") != "all":
    collect_ignore_glob = [str(path) for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_smoke.py"]


_outcomes: dict[str, str] = {}
_missed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what became of each editor's cell; a step that failed or was skipped stands."""
    name = cell(report.nodeid)
    if name is not None and (report.when == "call" or not report.passed):
        _outcomes[name] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The full suite fails where too few cells hold, skipped ones among them."""
    if os.environ.get("EXTENSION_SUITE") == "all" and not session.config.option.collectonly:
        _missed[:] = shortfall((item.nodeid for item in session.items), _outcomes)
        if _missed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each cell that does not hold."""
    if _missed:
        terminalreporter.section(f"editors: {CELLS - len(_missed)} of {CELLS} cells hold, fewer than {LEAST}")
        for line in _missed:
            terminalreporter.line(line)


@pytest.fixture(scope="package")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as built; skips where it cannot be built here."""
    if not has_node():
        pytest.skip("no Node 20 or newer, so the extension is not built")
    if not (EXTENSION / "node_modules" / "esbuild").is_dir():
        pytest.skip("extension/node_modules is not there: make extension brings it where npm can reach its registry")
    if chromium_path() is None:
        pytest.skip("no Chromium")
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([command("node"), "build.mjs", str(folder)], cwd=EXTENSION, check=True)
    return folder


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The browser driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without the extension."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium")
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Side panel and options, built to be shown alone."""
    if not has_node() or not ESBUILD.is_file() or not AXE.is_file():
        pytest.skip("extension/node_modules is not there, or no Node 20: make extension brings them")
    return build_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def tab(browser: Browser, pages: Path) -> Iterator[Page]:
    """A tab for the extension's pages alone."""
    with opened(browser, pages) as tab:
        yield tab


@pytest.fixture(scope="package")
def extension(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension with the loopback granted."""
    return built(dist, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="package")
def coming(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coach]:
    """A coach that lets the extension in, on its way up; on rules alone, so that it is up soon.
    With EXTENSION_COACH_PORT it is one that runs already."""
    if port := os.environ.get("EXTENSION_COACH_PORT"):
        yield Coach(Path(os.devnull), port=int(port))
        return
    server = Coach(
        tmp_path_factory.mktemp("coach") / "log.txt", environment={"COACH_CLASSIFIER": "off", "COACH_WORKERS": "0", "COACH_KEYS": KEY}
    )
    server.launch()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def coach(coming: Coach) -> Coach:
    """A running coach that lets the extension in."""
    coming.wait()
    return coming


@pytest.fixture(scope="package")
def context(playwright: Playwright, extension: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser with the extension."""
    with browsing(playwright, extension, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="package")
def remote(context: BrowserContext, coach: Coach) -> Remote:
    """What the panel sees."""
    remote = Remote(context)
    remote.configure(coach.url)
    return remote


@pytest.fixture(autouse=True)
def settings_as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test changed in the settings, a rule dismissed for good among them, ends with it."""
    yield
    if "remote" in request.fixturenames:
        remote, coach = request.getfixturevalue("remote"), request.getfixturevalue("coach")
        remote.configure(coach.url)


@pytest.fixture(scope="package")
def editors(dist: Path) -> Iterator[str]:
    """The address of the editors' pages."""
    if not (EDITORS / "node_modules").is_dir():
        pytest.skip("tests/extension/editors/node_modules is not there: make test-extension brings it where npm can reach its registry")
    subprocess.run([command("node"), "build.mjs"], cwd=EDITORS, check=True)
    with serving(EDITORS) as address:
        yield address


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pages with nothing but a reply box."""
    with desk_pages(tmp_path_factory.mktemp("desk")) as address:
        yield address
