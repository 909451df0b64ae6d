"""Logs: one line an event, `time level event key=value ...`. Never message text, not even that of an exception."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

_LOG = logging.getLogger("coach")


class LineFormatter(logging.Formatter):
    """Formats a record as one line. Of an exception it tells type and place, as its text may quote a message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, object] = dict(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            fields |= {"error": record.exc_info[0].__name__, "at": place(record.exc_info[2])}
        pairs = "".join(f" {name}={_value(value)}" for name, value in fields.items())
        return f"{time} {record.levelname.lower()} {_line(record.getMessage())}{pairs}"


def event(name: str, level: int = logging.INFO, **fields: object) -> None:
    """Log an event; `fields` must never hold message text."""
    _LOG.log(level, name, extra={"fields": fields})


def failure(name: str, error: BaseException) -> None:
    """Log an unexpected exception: its type and where it came from, not its text."""
    event(name, logging.ERROR, error=type(error).__name__, at=place(error.__traceback__))


def place(trace: TracebackType | None) -> str:
    """The innermost frames of a traceback as `file:line`, outermost first."""
    frames: list[str] = []
    while trace is not None:
        frames.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(frames[-4:])


def config(level: str) -> dict[str, Any]:
    """The logging configuration of the service, for `dictConfig`. Uvicorn's own log only warns: its lines hold query strings."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "coach.logs.LineFormatter"}},
        "handlers": {"err": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "loggers": {
            "coach": {"handlers": ["err"], "level": level.upper(), "propagate": False},
            "uvicorn": {"handlers": ["err"], "level": "WARNING", "propagate": False},
        },
    }


def configure(settings_level: str) -> None:
    """Set up logging as `config` says."""
    logging.config.dictConfig(config(settings_level))


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value) if not isinstance(value, Mapping) else json.dumps(dict(value))
    return text if text and all(char.isprintable() and char not in ' "=' for char in text) else json.dumps(text)


def _line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")
