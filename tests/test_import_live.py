"""Request Tracker and django-helpdesk as they run: tickets written into them by mail and by their interfaces, read back and imported.

Part of `make test-audit`. The programs are started by the scripts of ../shared/helpdesks.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.imports import SHARED, golden, read

SCRIPTS = SHARED / "helpdesks"
RT_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
HELPDESK_PYTHON = Path(os.environ.get("DH_PYTHON", Path(__file__).parent.parent / "build" / "helpdesks" / "bin" / "python"))
AVA = ("ava", "agentpass")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not SCRIPTS.is_dir(), reason="../shared is not there: no scripts that start helpdesks")]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(script: str, folder: Path, **more: str) -> Iterator[httpx.Client]:
    """The program that a script starts, until it is not needed any more."""
    port = free_port()
    scripts = folder / "scripts"
    shutil.copytree(SCRIPTS, scripts, copy_function=shutil.copyfile)
    data = folder / "data"
    data.mkdir()
    told = subprocess.run(
        ["bash", str(scripts / script), str(data), str(port)], env={**os.environ, **more}, capture_output=True, text=True, timeout=300
    )
    assert told.returncode == 0, told.stdout + told.stderr
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=AVA, timeout=60) as client:
            yield client
    finally:
        program = int((data / "pid").read_text())
        ended = os.pidfd_open(program)
        os.kill(program, signal.SIGTERM)
        select.select([ended], [], [], 30)
        os.close(ended)


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    if not RT_SERVER.exists():
        pytest.skip(
            "Request Tracker is not installed: apt-get install request-tracker5 rt5-db-sqlite rt5-standalone msmtp-mta libdbd-sqlite3-perl"
        )
    yield from started("rt_up.sh", tmp_path_factory.mktemp("rt"))


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    if not HELPDESK_PYTHON.exists():
        pytest.skip("django-helpdesk is not installed: make test-audit brings it, or DH_PYTHON names a Python that has it")
    yield from started("dh_up.sh", tmp_path_factory.mktemp("dh"), DH_PYTHON=str(HELPDESK_PYTHON.absolute()))


def got(client: httpx.Client, path: str) -> Any:
    answer = client.get(path)
    answer.raise_for_status()
    return answer.json()


def said(item: Any) -> list[tuple[str, str | None, str]]:
    """The turns of a golden without their times, which differ from run to run."""
    assert all(at is None or at >= "2000" for _, at, _, _ in item[2])
    return [(who, author, text) for who, _, author, text in item[2]]


def test_request_tracker(tracker: httpx.Client, tmp_path: Path) -> None:
    """As docs/importers.md tells to export: ticket, history and attachments of each ticket, in a folder of its own."""
    note = {"ContentType": "text/plain", "Content": "She is right, see mail 1.\n\nOn Sat, Dana wrote:\n> Did you even read it?\n"}
    tracker.post("/REST/2.0/ticket/1/comment", json=note).raise_for_status()
    reply = {"ContentType": "text/html", "Content": "<p>Dana, you did.</p><blockquote type='cite'>Did you even read it?</blockquote>"}
    tracker.post("/REST/2.0/ticket/1/correspond", json=reply).raise_for_status()
    new = {"Queue": "General", "Subject": "Lid", "Requestor": "can@home.example", "ContentType": "text/plain", "Content": "Kapak kırık."}
    second = tracker.post("/REST/2.0/ticket", json=new).raise_for_status().json()["id"]
    for number in (1, second):
        folder = tmp_path / str(number)
        folder.mkdir()
        history = "history?fields=Type,Creator,Created&per_page=100"
        attachments = "attachments?fields=Subject,ContentType,Content,TransactionId,Creator,Created&per_page=100"
        for name, path in (("ticket", ""), ("history", f"/{history}"), ("attachments", f"/{attachments}")):
            (folder / f"{name}.json").write_text(json.dumps(got(tracker, f"/REST/2.0/ticket/{number}{path}")), "utf-8")
    first, other = sorted(map(golden, read(tmp_path)))
    assert first[:2] == ("1", {"channel": "email", "customer": "dana@customer.example"})
    assert said(first) == [
        (
            "customer",
            "dana@customer.example",
            "Hi,\n\nThis is the THIRD time order #48213 has arrived with a cracked lid. I took a day off work to receive it and nobody "
            "called me back.\nI am really fed up. What are you going to do about it?\n\nDana",
        ),
        ("agent", "ava", "Hi Dana,\n\nCan you send me a photo and your order number?\n\nIs there anything else I can help you with?"),
        ("customer", "dana@customer.example", "I ALREADY gave you the order number in my first mail. Did you even read it?"),
        ("agent internal", "ava", "She is right, see mail 1."),
        ("agent", "ava", "Dana, you did."),
    ]
    assert other[0] == str(second) and other[1]["customer"] == "can@home.example"
    assert [text for _, _, text in said(other)] == ["Kapak kırık."]


def test_django_helpdesk(helpdesk: httpx.Client, tmp_path: Path) -> None:
    for comment, public in (("Look at the carrier.", False), ("A new lid is on its way, Dana.", True)):
        body = {"ticket": 1, "title": "Comment", "comment": comment, "public": public, "user": 1}
        helpdesk.post("/api/followups/", json=body).raise_for_status()
    page = got(helpdesk, "/api/tickets/")
    (tmp_path / "tickets.json").write_text(json.dumps(page), "utf-8")
    (tmp_path / "ticket.json").write_text(json.dumps(got(helpdesk, "/api/tickets/1/")), "utf-8")
    (item,) = map(golden, read(tmp_path / "tickets.json"))
    assert item[:2] == ("1", {"customer": "dana@customer.example"})
    assert said(item) == [
        (
            "customer",
            "dana@customer.example",
            "Hi,\n\nThis is the THIRD time order #48213 has arrived with a cracked lid. Nobody called me back.\n"
            "What are you going to do about it?\n\nDana",
        ),
        ("agent", "1", "Hi Dana, can you send a photo and your order number? Is there anything else I can help you with?"),
        ("customer", "dana@customer.example", "I ALREADY gave you the order number in my first mail."),
        ("agent internal", "1", "Look at the carrier."),
        ("agent", "1", "A new lid is on its way, Dana."),
    ]
    assert [golden(one) for one in read(tmp_path / "ticket.json")] == [item], "a page and a ticket of its own give the same"
