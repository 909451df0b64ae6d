"""`make picture`: the README's screenshot of the playground, taken from a running server's page."""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from tests.e2e.test_playground import chromium_path

DRAFT = (
    "Hi Maya,\n\nAre you sure you entered the right address? That was caused by our warehouse, not by us in support. "
    "Is there anything else I can do for you?"
)


def main(url: str, path: str) -> None:
    """Type a reply with faults into the first sample and save the page with a finding's card open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 860}, color_scheme="light")
        page.goto(url)
        page.click("#reply")
        page.keyboard.insert_text(DRAFT)
        page.wait_for_selector("[data-finding] >> nth=2")
        page.wait_for_timeout(1500)
        page.keyboard.press("F8")
        page.wait_for_timeout(400)
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
