"""The browser's own trace of typing: how long the main thread works for each key."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel")
SCRIPT = "content.js"


def traced(page: Page, keys: str, interval_ms: int) -> list[tuple[float, float]]:
    """Type `keys`, one in `interval_ms`; gives for each the milliseconds of processor time that the page's main thread worked until
    the next, and of these the ones inside the extension's script."""
    cdp = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    done: list[str] = []
    cdp.on("Tracing.tracingComplete", lambda given: done.append(given["stream"]))
    cdp.send(
        "Tracing.start",
        {"transferMode": "ReturnAsStream", "traceConfig": {"includedCategories": list(CATEGORIES), "recordMode": "recordAsMuchAsPossible"}},
    )
    for key in keys:
        page.keyboard.type(key)
        page.wait_for_timeout(interval_ms)
    page.keyboard.press("Shift")
    page.wait_for_timeout(50)
    cdp.send("Tracing.end")
    while not done:
        page.wait_for_timeout(50)
    text = ""
    while True:
        part = cdp.send("IO.read", {"handle": done[0], "size": 1 << 20})
        text += part["data"]
        if part["eof"]:
            break
    events = json.loads(text)["traceEvents"]
    cdp.detach()
    return per_key(events)


def per_key(events: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """What `traced` gives, out of the events of a trace that ends with a key of no account."""
    downs = [one for one in events if one["name"] == "EventDispatch" and one["args"]["data"]["type"] == "keydown"]
    thread = (downs[0]["pid"], downs[0]["tid"])
    own = [one for one in events if (one["pid"], one["tid"]) == thread and one["ph"] == "X"]
    tasks = [one for one in own if one["name"] == "RunTask"]
    calls = [one for one in own if one["name"] == "FunctionCall" and SCRIPT in one["args"].get("data", {}).get("url", "")]
    starts = sorted(one["ts"] for one in downs)
    # The task that brings a key begins before the key is dispatched in it.
    starts = [max((task["ts"] for task in tasks if task["ts"] <= start), default=start) for start in starts]

    def between(those: list[dict[str, Any]], start: float, end: float) -> float:
        return sum(float(one.get("tdur", one["dur"])) for one in those if start <= one["ts"] < end) / 1000

    return [(between(tasks, start, end), between(calls, start, end)) for start, end in pairwise(starts)]
