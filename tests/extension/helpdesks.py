"""Real helpdesks on loopback, started by the scripts of ../shared/helpdesks, and what their own APIs tell."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_playground import REPO, free_port

SCRIPTS = REPO.parent / "shared" / "helpdesks"
RT_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
DH_PYTHON = Path(os.environ.get("DH_PYTHON", REPO / "build" / "helpdesks" / "bin" / "python"))
AGENT = base64.b64encode(b"ava:agentpass").decode()


@dataclass(frozen=True)
class Helpdesk:
    """A running helpdesk whose agent is ava."""

    url: str

    def get(self, path: str) -> Any:
        """The JSON that its API answers to ava."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"Authorization": f"Basic {AGENT}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


def _need(file: str) -> Path:
    script = SCRIPTS / file
    if not script.is_file():
        pytest.skip(f"../shared/helpdesks/{file} is not there")
    return script


@contextmanager
def _running(script: Path, folder: Path, environment: dict[str, str]) -> Iterator[Helpdesk]:
    port = free_port()
    done = subprocess.run(
        ["bash", str(script), str(folder), str(port)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    try:
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        yield Helpdesk(f"http://127.0.0.1:{port}")
    finally:
        pid = folder / "pid"
        if pid.is_file():
            os.kill(int(pid.read_text()), signal.SIGTERM)


@contextmanager
def request_tracker(folder: Path, *, rich: bool) -> Iterator[Helpdesk]:
    """Request Tracker 5 with an angry customer's ticket; skips only where its script is not there."""
    script = _need("rt_up.sh")
    if not RT_SERVER.is_file():
        pytest.fail("Request Tracker 5 is not installed: make helpdesks (Debian, as root)")
    with _running(script, folder, {"RT_RICHTEXT": str(int(rich))}) as helpdesk:
        yield helpdesk


@contextmanager
def django_helpdesk(folder: Path) -> Iterator[Helpdesk]:
    """django-helpdesk with the same ticket; skips only where its script is not there."""
    script = _need("dh_up.sh")
    if not list(DH_PYTHON.parent.parent.glob("lib/*/site-packages/helpdesk")):
        pytest.fail("django-helpdesk is not installed: make helpdesks")
    with _running(script, folder, {"DH_PYTHON": str(DH_PYTHON)}) as helpdesk:
        yield helpdesk


def rt_messages(helpdesk: Helpdesk) -> list[dict[str, str]]:
    """What ava wrote in ticket 1: kind (Correspond, Comment), media type and content, oldest first."""
    told = []
    for transaction in helpdesk.get("/REST/2.0/ticket/1/history?fields=Type,Creator&per_page=100")["items"]:
        if transaction["Type"] not in ("Correspond", "Comment") or transaction["Creator"]["id"] != "ava":
            continue
        attachments = helpdesk.get(f"/REST/2.0/transaction/{transaction['id']}/attachments?fields=ContentType,Content")["items"]
        bodies = [one for one in attachments if one["ContentType"].startswith("text/")]
        told.append({"kind": transaction["Type"], "type": bodies[-1]["ContentType"], "content": bodies[-1]["Content"]})
    return told


def dh_messages(helpdesk: Helpdesk) -> list[dict[str, Any]]:
    """What was written in ticket 1 after its description."""
    messages: list[dict[str, Any]] = helpdesk.get("/api/tickets/1/")["followup_set"]
    return messages
