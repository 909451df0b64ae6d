"""The websocket conversation, sans-I/O: messages in, messages and reviews to do out. No sockets, threads or clock.

`now` is any clock in seconds that never goes back. `receive` takes a message in and gives what can be answered at once. A draft
waits as the next `job`: a newer one takes its place. Whoever drives the session reviews the job's draft and sends the review,
calls `tick` when `due` has come, empties `feedback`, and closes once `closed` is set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from coach.messages import ClientMessage, DraftMessage, FeedbackMessage, HelloMessage, TurnMessage
from coach.protocol import (
    PROTOCOL,
    Limits,
    ProtocolError,
    Wire,
    check_draft,
    error_message,
    parse_client,
    to_caret,
    to_dismissals,
    to_turns,
)
from coach.types import LANGUAGES, Dismissal, Draft, Language, Turn

Closing = Literal["unauthorized", "rate", "idle"]
_WHY: dict[Closing, str] = {
    "unauthorized": "send a hello with a valid key first",
    "rate": "too many messages; connect again and send fewer",
    "idle": "nothing was said for a long time; connect again to go on",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A draft to review. `since`: when it came or fell due. `fresh`: about how many characters the engine has not seen before."""

    rev: int
    draft: Draft
    since: float
    fresh: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the server says about itself in each welcome."""

    version: str
    classifier: bool = False
    records: bool = False


class Session:
    """One agent's connection. `authorise` tells whether a key is right; None: no key is needed."""

    def __init__(self, now: float, limits: Limits, greeting: Greeting, authorise: Callable[[str], bool] | None = None) -> None:
        self.closed: Closing | None = None
        self.feedback: list[FeedbackMessage] = []
        self.superseded = 0
        self._limits, self._greeting, self._authorise = limits, greeting, authorise
        self._trusted = authorise is None
        self._started = self._heard = self._filled = now
        self._tokens = float(limits.burst)
        self._language: Language | Literal["auto"] = "auto"
        self._interface: Language | None = None
        self._zone: str | None = None
        self._conversation: tuple[Turn, ...] = ()
        self._dismissed: tuple[Dismissal, ...] = ()
        self._rev = -1
        self._newest: DraftMessage | None = None
        self._typing = False
        self._pause: float | None = None
        self._since: float | None = None
        self._held: Job | None = None
        self._fresh = 0
        self._unread: tuple[Turn, ...] = ()

    def receive(self, data: str | bytes, now: float) -> list[Wire]:
        """Take one message in; gives what to send at once. After `closed` was set everything is ignored."""
        if self.closed:
            return []
        self._heard = now
        if not self._spend(now):
            return [self._close("rate")]
        if isinstance(data, bytes):
            return [error_message(ProtocolError("bad_frame", "send text frames, not binary ones"))]
        rev: int | None = None
        try:
            message = parse_client(data, self._limits)
            rev = message.rev if isinstance(message, DraftMessage) else None
            return self._take(message, now)
        except ProtocolError as error:
            return [error_message(error, rev)]

    def tick(self, now: float) -> list[Wire]:
        """Time has passed: a pause makes a full review the next `job`, silence ends the session."""
        if self.closed:
            return []
        if now >= self._deadline():
            return [self._close("idle" if self._trusted else "unauthorized")]
        if self._pause is not None and now >= self._pause:
            self._pause, self._typing = None, False
            self._wait(now)
        return []

    def due(self) -> float:
        """When `tick` has something to do next; it may move on before then."""
        return self._deadline() if self._pause is None else min(self._pause, self._deadline())

    def job(self) -> Job | None:
        """The next draft to review, once, in the conversation as it was when the draft came."""
        job = self._held or self._made()
        if job is not None:
            self._wait(None)
            self._fresh = 0
        return job

    def _made(self) -> Job | None:
        message, since = self._newest, self._since
        if message is None or since is None:
            return None
        draft = Draft(
            text=message.text,
            language=self._language,
            conversation=self._conversation,
            closing=message.closing,
            typing=self._typing,
            caret=to_caret(message.text, message.caret),
            dismissed=self._dismissed,
            interface=self._interface,
            zone=self._zone,
        )
        return Job(message.rev, draft, since, self._fresh)

    def unread(self, most: int) -> tuple[Language | Literal["auto"], tuple[Turn, ...]]:
        """The messages of the conversation that no draft was reviewed with, once, and their language; none if they have more than `most`
        characters."""
        unread, self._unread = self._unread, ()
        return self._language, unread if sum(len(turn.text) for turn in unread) <= most else ()

    @property
    def waiting(self) -> bool:
        """Whether there is a job."""
        return self._since is not None

    def _take(self, message: ClientMessage, now: float) -> list[Wire]:
        if not self._trusted and not isinstance(message, HelloMessage):
            return [self._close("unauthorized")]
        if isinstance(message, HelloMessage):
            return self._hello(message)
        if isinstance(message, DraftMessage):
            self._draft(message, now)
        elif isinstance(message, TurnMessage):
            self._turn(message)
        else:
            self._feedback(message, now)
        return []

    def _hello(self, message: HelloMessage) -> list[Wire]:
        if self._authorise is not None and (message.key is not None or not self._trusted):
            if message.key is None or not self._authorise(message.key):
                return [self._close("unauthorized")]
            self._trusted = True
        conversation = to_turns(message.conversation, self._limits, zone=message.zone)
        self._held = self._held or self._made()
        self._dismissed = to_dismissals(message.dismissed, self._limits)
        self._conversation, self._language, self._interface = conversation, message.language, message.interface
        self._zone = message.zone
        self._fresh += sum(len(turn.text) for turn in conversation)
        self._unread = conversation
        return [self._welcome()]

    def _turn(self, message: TurnMessage) -> None:
        conversation = to_turns([message], self._limits, self._conversation, self._zone)
        self._held = self._held or self._made()
        self._conversation = conversation
        self._fresh += len(message.text)
        self._unread += self._conversation[-1:]
        if message.role == "agent" and not message.internal:
            self._pause = None

    def _draft(self, message: DraftMessage, now: float) -> None:
        if message.rev <= self._rev:
            raise ProtocolError("stale_rev", f"rev must rise; the last one was {self._rev}")
        check_draft(message.text, self._limits)
        self.superseded += self._since is not None
        self._fresh += max(0, len(message.text) - len(self._newest.text) if self._newest else len(message.text))
        self._rev, self._newest, self._typing = message.rev, message, not message.full
        self._pause = None if message.full else now + self._limits.pause_seconds
        self._wait(now)

    def _feedback(self, message: FeedbackMessage, now: float) -> None:
        self.feedback.append(message)
        if message.action == "applied":
            return
        if message.action == "dismiss":
            scope = message.scope or ("here" if message.text else "conversation")
            wanted = (*self._dismissed, Dismissal(message.rule, scope, message.text if scope == "here" else None))
            if len(set(wanted)) > self._limits.dismissals:
                raise ProtocolError("too_long", f"there are at most {self._limits.dismissals} dismissals")
            self._dismissed = tuple(dict.fromkeys(wanted))
        else:
            self._dismissed = tuple(known for known in self._dismissed if not _restores(message, known))
        if self._newest is not None:
            self._wait(now)

    def _wait(self, since: float | None) -> None:
        """The newest draft waits for its review since then; None: no longer."""
        self._since, self._held = since, None

    def _spend(self, now: float) -> bool:
        limits = self._limits
        self._tokens = min(float(limits.burst), self._tokens + (now - self._filled) * limits.rate)
        self._filled = now
        self._tokens -= 1
        return self._tokens >= 0

    def _deadline(self) -> float:
        return self._heard + self._limits.idle_seconds if self._trusted else self._started + self._limits.hello_seconds

    def _close(self, code: Closing) -> Wire:
        self.closed, self._pause = code, None
        self._wait(None)
        return error_message(ProtocolError(code, _WHY[code]))

    def _welcome(self) -> Wire:
        limits = self._limits
        return {
            "type": "welcome",
            "version": self._greeting.version,
            "protocol": PROTOCOL,
            "languages": list(LANGUAGES),
            "classifier": self._greeting.classifier,
            "records": self._greeting.records,
            "limits": {
                "message_bytes": limits.message_bytes,
                "draft_chars": limits.draft_chars,
                "turns": limits.turns,
                "messages_per_second": limits.rate,
                "idle_seconds": limits.idle_seconds,
            },
        }


def _restores(message: FeedbackMessage, known: Dismissal) -> bool:
    """Whether `message` takes `known` back; without scope or text it takes back all of the rule's."""
    return known.rule == message.rule and message.scope in (None, known.scope) and message.text in (None, "", known.text)
