"""Follow-ups as a calendar (iCalendar, RFC 5545), by the icalendar library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Alarm, Calendar, Event

from coach.records.follow_ups import Due

TITLES = {"en": "Follow up", "tr": "Müşteriye dönüş", "pl": "Kontakt z klientem"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LASTS, WARNED = timedelta(minutes=15), timedelta(hours=-1)


def calendar(follow_ups: Iterable[Due]) -> bytes:
    """A calendar with an event at each due time; the same follow-up has the same UID, and a higher SEQUENCE after changes."""
    made = Calendar()
    made.add("prodid", "-//Reply Coach//case records//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Reply Coach")
    for due in follow_ups:
        event = Event()
        event.add("uid", f"{due.record}-{due.number}@reply-coach")
        event.add("dtstamp", due.updated_at.astimezone(UTC))
        event.add("dtstart", due.due.astimezone(UTC))
        event.add("duration", LASTS)
        event.add("sequence", due.revision)
        event.add("summary", f"{TITLES.get(due.language, TITLES['en'])}: {_plain(due.conversation)} ({due.failure})")
        event.add("description", _plain(due.words))
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _plain(due.words))
        alarm.add("trigger", WARNED)
        event.add_component(alarm)
        made.add_component(event)
    text: bytes = made.to_ical()
    return text


def _plain(text: str) -> str:
    """`text` without the control characters that iCalendar forbids."""
    return _CONTROL.sub(" ", text)
