"""How far an audit is: a bar with rate and time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


@contextmanager
def shown_progress(name: str, total: int) -> Iterator[Callable[[int, int], None] | None]:
    """A function of (bytes read, replies reviewed) that moves a bar on stderr; None if that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    rate = TextColumn("{task.fields[replies]:,} replies, {task.fields[rate]:,.0f}/s")
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=max(total, 1), replies=0, rate=0.0)

        def progress(read: int, replies: int) -> None:
            bar.update(task, completed=read, replies=replies, rate=replies / max(time.monotonic() - started, 0.001))

        yield progress
