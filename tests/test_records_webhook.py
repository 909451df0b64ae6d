"""Follow-ups told of: by webhook to a real server, signed, at least once, with back-off; and as a calendar."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import cast

import pytest
from icalendar import Calendar
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from coach.records.case import Edits
from coach.records.follow_ups import Due
from coach.records.ics import calendar
from coach.records.keeper import Keeper
from coach.records.store import Store
from coach.records.webhook import LEASE, LONGEST_WAIT, MOST_A_ROUND, MOST_ATTEMPTS, Outcome, Webhook, tell_due, wait
from tests.records import SECRET, START, record

SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Helpdesk:
    """A server that takes webhooks, and answers as it is told to."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def helpdesk() -> Iterator[Helpdesk]:
    desk = Helpdesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            desk.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            desk.paths.append(self.path)
            status = desk.answers.pop(0) if desk.answers else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{desk.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'records.db'}", SECRET, clock)
    yield opened
    opened.close()


def save(store: Store, conversation: str = "case-1", due: datetime = START) -> str:
    return store.save(conversation, record(conversation, due), (), None)[0].id


def test_a_due_follow_up_is_told_once_and_signed(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    id = save(store)
    save(store, "later", clock.now + timedelta(days=1))
    hook = Webhook(f"{helpdesk.url}/hook", SIGNING)
    assert tell_due(store, hook, clock) == Outcome(told=1)
    [(headers, body)] = helpdesk.taken
    told = Receiver(SIGNING).verify(body, headers)
    assert (told["type"], told["data"]["record"], told["data"]["due"]) == ("follow_up.due", id, "2026-03-02T09:00:00Z")
    with pytest.raises(WebhookVerificationError):
        Receiver(SIGNING).verify(body.replace(b"Thursday", b"Friday"), headers)
    clock.now += timedelta(hours=9)
    assert tell_due(store, hook, clock) == Outcome() and len(helpdesk.taken) == 1


@pytest.mark.parametrize("status", [500, 429, 404, 301, 307])
def test_a_failure_is_tried_again_later_under_the_same_id(store: Store, clock: Clock, helpdesk: Helpdesk, status: int) -> None:
    save(store)
    helpdesk.answers = [status, status]
    hook = Webhook(f"{helpdesk.url}/hook", SIGNING)
    assert tell_due(store, hook, clock) == Outcome(failed=1)
    assert tell_due(store, hook, clock) == Outcome(), "not before its time"
    clock.now += timedelta(seconds=75)
    assert tell_due(store, hook, clock) == Outcome(failed=1)
    clock.now += timedelta(seconds=75)
    assert tell_due(store, hook, clock) == Outcome(), "the second wait is longer"
    clock.now += timedelta(seconds=75)
    assert tell_due(store, hook, clock) == Outcome(told=1)
    assert len({headers["webhook-id"] for headers, _ in helpdesk.taken}) == 1 and len(helpdesk.taken) == 3
    assert set(helpdesk.paths) == {"/hook"}, "no redirect is followed"


def test_nobody_there_is_a_failure_and_in_the_end_given_up(store: Store, clock: Clock) -> None:
    save(store)
    hook = Webhook("http://127.0.0.1:9/hook", SIGNING)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outcome = tell_due(store, hook, clock)
        assert outcome == (Outcome(failed=1) if attempt < MOST_ATTEMPTS else Outcome(given_up=1))
        clock.now += LONGEST_WAIT * 2
    assert tell_due(store, hook, clock) == Outcome()
    assert len(store.due(clock.now)) == 1, "it stays in the list"


def test_waits_double_up_to_a_bound() -> None:
    for attempts in range(1, 30):
        wanted = min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)
        assert 0.8 * wanted <= wait(attempts) <= 1.2 * wanted


def test_a_sender_that_dies_is_taken_over(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    save(store)
    assert len(store.claim(timedelta(minutes=10))) == 1, "and then it dies"
    hook = Webhook(helpdesk.url, SIGNING)
    assert tell_due(store, hook, clock) == Outcome()
    clock.now += timedelta(minutes=11)
    assert tell_due(store, hook, clock) == Outcome(told=1)


@dataclass
class Slow:
    """A receiver for whose answer a server waits most of a minute, while another server makes its round."""

    store: Store
    clock: Clock
    sent: list[tuple[str, int]] = field(default_factory=list)
    busy: bool = False

    def post(self, due: Due, now: datetime) -> bool:
        if not self.busy:
            self.busy = True
            tell_due(self.store, cast(Webhook, self), self.clock)
            self.busy = False
            self.clock.now += timedelta(seconds=40)
        self.sent.append((due.record, due.number))
        return True


def test_no_other_server_sends_what_a_slow_receiver_holds_up(store: Store, clock: Clock) -> None:
    for number in range(45):
        save(store, f"case-{number}")
    slow = Slow(store, clock)
    while tell_due(store, cast(Webhook, slow), clock).told:
        pass
    assert len(slow.sent) == len(set(slow.sent)) == 45


def test_a_round_ends_though_more_is_due(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    for number in range(MOST_A_ROUND + 1):
        save(store, f"case-{number}")
    hook = Webhook(helpdesk.url, SIGNING)
    assert tell_due(store, hook, clock) == Outcome(told=MOST_A_ROUND) and tell_due(store, hook, clock) == Outcome(told=1)
    save(store, "late")
    assert tell_due(store, hook, clock, lambda: True) == Outcome()


def test_a_receiver_that_trickles_is_given_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch, store: Store, clock: Clock) -> None:
    monkeypatch.setattr("coach.records.webhook.POST_SECONDS", 1.0, raising=False)
    save(store)
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        taken, _ = listener.accept()
        with taken:
            for sign in b"HTTP/1.1 204 No Content\r\n" + b"x-slow: yes\r\n" * 2 + b"\r\n":
                if ended.wait(0.2):
                    return
                try:
                    taken.sendall(bytes([sign]))
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        hook = Webhook(f"http://127.0.0.1:{listener.getsockname()[1]}/hook", SIGNING)
        since = time.monotonic()
        outcome = tell_due(store, hook, clock)
        took = time.monotonic() - since
        ended.set()
        thread.join(20)
    assert outcome == Outcome(failed=1) and took < 5


def test_whoever_comes_late_does_not_shorten_anothers_claim(store: Store, clock: Clock) -> None:
    save(store)
    [mine] = store.claim(LEASE)
    clock.now += LEASE
    [yours] = store.claim(LEASE)
    store.retry(mine, clock.now)
    assert store.claim(LEASE) == [], "it is yours still"
    store.retry(yours, clock.now)
    assert len(store.claim(LEASE)) == 1


def test_what_is_done_is_not_told(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    store.edit(save(store), Edits(kept=(0,)))
    hook = Webhook(helpdesk.url, SIGNING)
    assert tell_due(store, hook, clock) == Outcome() and helpdesk.taken == []


def test_the_keeper_purges_at_its_start_and_daily_and_tells(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    old = save(store)
    keeper = Keeper(store, 30, Webhook(helpdesk.url, SIGNING), clock)
    clock.now += timedelta(days=31)
    keeper.round()
    assert store.get(old) is None and helpdesk.taken == [], "purged first"
    due = save(store, "young")
    keeper.round()
    assert len(helpdesk.taken) == 1
    clock.now += timedelta(days=29, hours=23)
    keeper.round()
    assert store.get(due) is not None
    clock.now += timedelta(hours=2)
    keeper.round()
    assert store.get(due) is not None, "a day has not passed since the last purge"
    clock.now += timedelta(days=1)
    keeper.round()
    assert store.get(due) is None
    keeper.stop()


def test_the_keeper_runs_by_itself_and_survives_a_fault(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def fail(_: int) -> int:
        tried.set()
        raise OSError("disk")

    monkeypatch.setattr(store, "purge", fail)
    keeper = Keeper(store, 30, None, clock)
    keeper.start()
    assert tried.wait(20)
    keeper.stop()


def test_a_calendar_that_calendars_can_read(store: Store, clock: Clock) -> None:
    id = save(store)
    [event] = Calendar.from_ical(calendar(store.due(clock.now))).walk("VEVENT")
    assert str(event["uid"]) == f"{id}-0@reply-coach" and event.decoded("dtstart") == START and event.decoded("sequence") == 1
    assert str(event["summary"]) == "Follow up: case-1 (damaged)" and str(event["description"]) == "I'll write on Thursday."
    store.edit(id, Edits(note="x"))
    [event] = Calendar.from_ical(calendar(store.due(clock.now))).walk("VEVENT")
    assert event.decoded("sequence") == 2
    assert Calendar.from_ical(calendar([])).walk("VEVENT") == []


def test_a_calendar_is_escaped_and_folded() -> None:
    """RFC 5545: no line over 75 octets, no character cut in two, text cannot become a property, no control characters."""
    words = "Ödeme; iade, \\ “söz”\nATTENDEE:x\rURL:y\r\nX-Z:1\x07" + "ğüş" * 60
    due = Due("a" * 32, 0, words, START, "case 1\r\nX-Z:1", "tr", "damaged", 3, START)
    lines = calendar([due]).split(b"\r\n")
    assert lines.pop() == b"" and all(0 < len(line) <= 75 and line.decode() for line in lines)
    assert not [line for line in lines if line.startswith((b"ATTENDEE", b"URL", b"X-Z"))]
    assert not set(b"".join(lines)) & {*range(0x20), 0x7F}
    [event] = Calendar.from_ical(calendar([due])).walk("VEVENT")
    assert str(event["description"]) == words.replace("\r\n", "\n").replace("\r", "\n").replace("\x07", " ")
    assert event.decoded("dtstamp") == START and str(event["uid"]) == f"{'a' * 32}-0@reply-coach"


def test_the_message_holds_what_the_list_holds(store: Store, clock: Clock, helpdesk: Helpdesk) -> None:
    save(store)
    hook = Webhook(helpdesk.url, SIGNING)
    tell_due(store, hook, clock)
    data = json.loads(helpdesk.taken[0][1])["data"]
    assert set(data) == {"record", "number", "conversation", "language", "failure", "words", "due"}
