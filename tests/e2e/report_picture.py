"""`make report-picture`: the pictures of the report in the docs, on paper's width and a phone's, from a made-up audit."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from coach.audit.report.make import make
from tests.audit_tables import plausible
from tests.e2e.test_playground import chromium_path

SIZES = {"report.png": (1000, 1280, "light"), "report-phone.png": (390, 844, "dark")}


def main(folder: Path) -> None:
    """Save the top of the report in each size."""
    with TemporaryDirectory() as work, sync_playwright() as playwright:
        page_path = make(plausible(Path(work) / "audit", 800), agents=True, version="")
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        for name, (width, height, scheme) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(page_path.as_uri())
            page.screenshot(path=folder / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
