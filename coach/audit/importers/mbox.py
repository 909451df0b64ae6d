"""Mail boxes and single mails: threads by what each mail says it answers; who writes from an address of the team is an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.build import Case, Message, conversation
from coach.audit.importers.fields import BadRecord
from coach.audit.importers.files import BREAKS, Input, break_reason
from coach.audit.importers.gather import assembled
from coach.audit.importers.mails import Mail, parsed
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store
from coach.inputs import InputError

MAIL_BYTES = 64 * 1024 * 1024
LINE = 1 << 16
HEADER = re.compile(rb"[!-9;-~]+:")
QUOTED_FROM = re.compile(rb"^>+From ")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Threads of mails. Raises `InputError` where it is not told which addresses are the team's."""
    if not options.own:
        raise InputError(files[0].name, "mails do not say who is an agent; tell the team's domains or addresses (--own shop.example)")
    return _read(files, options, done)


def _read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    with Store() as store:
        for file in files:
            for number, data in _mails(file):
                place = Place(file.name, f"message {number}")
                if isinstance(data, str):
                    yield Reject(place, data)
                    continue
                try:
                    _take(parsed(data, options.own), place, store)
                except BadRecord as error:
                    yield Reject(place, str(error))
        yield from assembled(_build, store, files, options, done)


def _mails(file: Input) -> Iterator[tuple[int, bytes | str]]:
    """Number and bytes of each mail, or why it cannot be read."""
    number = 0
    try:
        with file.opened() as box:
            for number, data in enumerate(_split(box), 1):
                yield number, data
    except BREAKS as error:
        yield number + 1, break_reason(error)


def _split(box: IO[bytes]) -> Iterator[bytes | str]:
    """The mails of a box, a line that begins with `From ` before each; a file that begins with a header is one mail."""
    lines: list[bytes] = []
    size, blank, begun = 0, True, False
    while line := box.readline(LINE):
        if not begun:
            if not line.strip():
                continue
            begun = True
            if not line.startswith(b"From ") and not HEADER.match(line):
                yield "not a mail: neither a line `From ` nor a header before it"
                lines, size = [], MAIL_BYTES + 1
            elif not line.startswith(b"From "):
                lines.append(line)
                size = len(line)
            blank = False
            continue
        if blank and line.startswith(b"From "):
            if size <= MAIL_BYTES:
                yield b"".join(lines)
            lines, size, blank = [], 0, False
            continue
        blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size > MAIL_BYTES:
            if lines:
                yield f"longer than {MAIL_BYTES} bytes"
            lines = []
        else:
            lines.append(line[1:] if QUOTED_FROM.match(line) else line)
    if begun and size <= MAIL_BYTES:
        yield b"".join(lines)


def _take(mail: Mail, place: Place, store: Store) -> None:
    key = mail.id or f"{place.file} {place.where}"
    before = store.noted("mail", key)
    if before is not None:
        raise BadRecord(f"message-id: the same as in {before}")
    store.note("mail", key, place.where)
    store.add(key, "mail", mail.values(), place)
    first, *others = [*mail.answers, key]
    for other in others:
        store.join(first, other)


def _build(group: Group, store: Store, options: Options) -> Conversation:
    mails = sorted(
        ((Mail.of(part.data), part.place) for part in group.parts),
        key=lambda one: datetime.fromisoformat(one[0].at).timestamp() if one[0].at else 0.0,
    )
    first, place = mails[0]
    customer = next((mail.sender for mail, _ in mails if not mail.own), next((mail.to for mail, _ in mails if mail.to), None))
    case = Case(first.id or f"{place.file} {place.where}", place, channel="email", customer=customer)
    return conversation(case, [_message(mail) for mail, _ in mails], options.language, options.keep_quotes)


def _message(mail: Mail) -> Message:
    return Message(
        "agent" if mail.own else "customer",
        mail.text,
        datetime.fromisoformat(mail.at) if mail.at else None,
        mail.sender,
        mail.automatic,
        internal=mail.own and mail.inside,
        html=mail.html,
    )
