"""What the tests of the extension share: a coach to talk to, a browser with the extension, pages with editors, the extension's layer."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from tests.e2e.test_playground import REPO, chromium_path, free_port, healthy

EXTENSION = REPO / "extension"
EDITORS = Path(__file__).parent / "editors"
EXTENSION_ID = "pnnnikifkepfnadfjfnkjcchlbhennng"
ORIGIN = f"chrome-extension://{EXTENSION_ID}"
LAYER = ("data-reply-coach", "layer")
HOST = "[data-reply-coach=layer]"
KEY = "a-key-for-the-extension-tests"
STARTUP_SECONDS = 240
LISTEN = """(tab) => {
  window.port?.disconnect();
  const port = chrome.runtime.connect({ name: "panel" });
  Object.assign(window, { port, shown: null, seen: 0 });
  port.onMessage.addListener(({ state }) => { if (window.port === port) { window.shown = state; window.seen += 1; } });
  port.onDisconnect.addListener(() => { if (window.port === port) window.port = null; });
  port.postMessage({ type: "watch", tab });
}"""


def command(name: str) -> str:
    """Node 20 or newer, or its npm, of the machine or of the virtual environment; the bare name where there is none."""
    return shutil.which(name, path=os.pathsep.join([str(Path(sys.prefix) / "node"), os.environ.get("PATH", "")])) or name


def has_node() -> bool:
    """Whether Node 20 or newer is there."""
    try:
        version = subprocess.run([command("node"), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return version.startswith("v") and int(version[1:].split(".")[0]) >= 20


def built(dist: Path, out: Path, sites: tuple[str, ...] = ("http://127.0.0.1/*", "https://127.0.0.1/*")) -> Path:
    """The extension, loadable, for tests: `sites` are granted beforehand, as nobody can click a permission prompt."""
    folder = out / "extension"
    shutil.copytree(dist, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["host_permissions"] = list(sites)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


@dataclass
class Coach:
    """A coach server in a process of its own."""

    log: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        environment = {**os.environ, "COACH_ORIGINS": ORIGIN, **self.environment}
        with self.log.open("ab") as out:
            command = [sys.executable, "-m", "coach", "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=REPO, env=environment, stdout=out, stderr=out)

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + STARTUP_SECONDS
        while not healthy(self.url):
            assert (self.process is None or self.process.poll() is None) and time.monotonic() < until, self.log.read_text("utf-8")[-2000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it, and wait until it is gone."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@contextmanager
def serving(folder: Path, handler: type[http.server.SimpleHTTPRequestHandler] | None = None) -> Iterator[str]:
    """The files of `folder` over HTTP, as the address."""

    class Quiet(handler or http.server.SimpleHTTPRequestHandler):  # type: ignore[misc]
        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browsing(playwright: Playwright, extension: Path, profile: Path, *arguments: str) -> Iterator[BrowserContext]:
    """Chromium with the extension."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium_path(),
        headless=True,
        viewport={"width": 1100, "height": 800},
        args=["--no-sandbox", f"--disable-extensions-except={extension}", f"--load-extension={extension}", *arguments],
    )
    try:
        if not context.service_workers:
            context.wait_for_event("serviceworker", timeout=20_000)
        yield context
    finally:
        context.close()


class Remote:
    """A page of the extension that sees what the panel sees, and says what it can say."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.page.goto(f"{ORIGIN}/options.html")

    def configure(self, server: str, **settings: Any) -> None:
        """Put settings where the options page puts them."""
        self.page.evaluate(
            "(settings) => chrome.storage.local.set({ settings })", {"server": server, "key": KEY, "uiLanguage": "en", **settings}
        )

    def watch(self, page: Page) -> None:
        """Look at the tab of `page`."""
        page.bring_to_front()
        tab = self.page.evaluate("(url) => chrome.tabs.query({}).then((tabs) => tabs.findLast((tab) => tab.url === url)?.id)", page.url)
        assert tab is not None, page.url
        self.page.evaluate(f"({LISTEN})", tab)

    @property
    def state(self) -> dict[str, Any]:
        """What the panel shows."""
        shown: dict[str, Any] = self.page.evaluate("() => window.shown ?? {}")
        return shown

    def wait(self, test: str, what: Any = None, timeout: float = 10) -> dict[str, Any]:
        """Wait until `test`, JavaScript of the panel's `state` and `what`, holds; not while a part of it is not there."""
        script = f"""([what]) => {{
          const state = window.shown;
          try {{ return state && ({test}) ? state : null; }}
          catch (error) {{ if (error instanceof TypeError) return null; throw error; }}
        }}"""
        handle = self.page.wait_for_function(script, arg=[what], timeout=timeout * 1000, polling=20)
        state: dict[str, Any] = handle.json_value()
        return state

    def findings(self, text: str, count: int = 1, timeout: float = 10) -> list[dict[str, Any]]:
        """The findings that can be seen, once `text` has been reviewed and there are at least `count`."""
        test = "state.page && state.page.text === what[0] && state.page.findings.filter((f) => f.visible && !f.waiting).length >= what[1]"
        found: list[dict[str, Any]] = self.wait(test, [text, count], timeout)["page"]["findings"]
        return [one for one in found if one["visible"]]

    def command(self, **command: Any) -> None:
        """Have something done."""
        self.page.evaluate("(command) => window.port.postMessage({ type: 'command', command })", command)


class Layer:
    """The extension's own layer on a page: a closed shadow root that no script of the page can reach, but the browser's tools can."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)

    def ask(self, function: str, *arguments: Any) -> Any:
        """The value of a JavaScript function of the layer's root; None where there is no layer."""
        root = self._root()
        if root is None:
            return None
        answer = self.cdp.send(
            "Runtime.callFunctionOn",
            {
                "objectId": root,
                "functionDeclaration": f"function (...given) {{ return ({function})(this, ...given); }}",
                "arguments": [{"value": argument} for argument in arguments],
                "returnByValue": True,
                "awaitPromise": True,
            },
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, function: str, *arguments: Any, timeout: float = 5) -> Any:
        """Wait until the function gives something true."""
        return eventually(lambda: self.ask(function, *arguments), timeout, function)

    def centre(self, selector: str) -> tuple[float, float]:
        """Where the middle of an element of the layer is."""
        x, y = self.wait(
            """(root, selector) => { const one = root.querySelector(selector); if (!one) return null;
            const r = one.getBoundingClientRect(); return r.width ? [r.x + r.width / 2, r.y + r.height / 2] : null; }""",
            selector,
        )
        return x, y

    def click(self, selector: str) -> None:
        """Click on an element of the layer with the mouse."""
        self.page.mouse.click(*self.centre(selector))

    def _root(self) -> str | None:
        document = self.cdp.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        found = next((node for node in nodes(document, "DIV") if LAYER in zip(*[iter(node.get("attributes", ()))] * 2, strict=True)), None)
        if found is None or not found.get("shadowRoots"):
            return None
        remote = self.cdp.send("DOM.resolveNode", {"nodeId": found["shadowRoots"][0]["nodeId"]})
        root: str = remote["object"]["objectId"]
        return root


def nodes(node: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The nodes of this name under `node`."""
    if node.get("nodeName") == name:
        yield node
    for child in (*node.get("children", ()), *node.get("shadowRoots", ()), *filter(None, [node.get("contentDocument")])):
        yield from nodes(child, name)


def eventually(get: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `get` gives, once it is true."""
    until = time.monotonic() + seconds
    while not (value := get()):
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return value
