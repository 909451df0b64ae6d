"""The files of an export: named one by one or by their folder, plain or gzipped, read with a count of bytes."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from coach.inputs import InputError

BREAKS = (OSError, EOFError, zlib.error)
"""What reading a damaged file raises."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file. `name` is how it is told to people, `before` the bytes of all files before it, `size` its own."""

    path: Path
    name: str
    before: int
    size: int

    @property
    def packed(self) -> bool:
        """Whether it is gzipped."""
        return self.path.suffix.lower() == ".gz"

    @property
    def plain(self) -> Path:
        """Its path without `.gz`."""
        return self.path.with_suffix("") if self.packed else self.path

    @contextmanager
    def opened(self, done: Callable[[int], None] | None = None) -> Iterator[IO[bytes]]:
        """The file for reading, unpacked; `done` hears the bytes read of all files.

        Raises `InputError` where it cannot be opened, and one of `BREAKS` while it is read, where it is damaged.
        """
        try:
            raw = _Counted(self.path, self.before, done)
        except OSError as error:
            raise InputError(self.name, _reason(error)) from None
        with io.BufferedReader(raw, 1 << 16) as counted:
            if self.packed:
                with gzip.GzipFile(fileobj=counted) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield counted


class _Counted(io.FileIO):
    """A file that tells how far it was read."""

    def __init__(self, path: Path, before: int, done: Callable[[int], None] | None) -> None:
        super().__init__(path)
        self._read, self._done = before, done

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        count = super().readinto(buffer)
        if count:
            self._read += count
            if self._done:
                self._done(self._read)
        return count


def inputs(paths: Iterable[Path | str]) -> tuple[Input, ...]:
    """The files that `paths` name, those of a folder in the order of their names, hidden ones left out.

    Raises `InputError` if one is missing, is named twice, or a folder holds none.
    """
    found: list[Input] = []
    seen: set[Path] = set()
    total = 0
    for path in map(Path, paths):
        for file in _files(path):
            try:
                real, size = file.resolve(), file.stat().st_size
            except OSError as error:
                raise InputError(str(file), _reason(error)) from None
            if real in seen:
                raise InputError(str(file), "is named twice")
            seen.add(real)
            found.append(Input(file, _name(file), total, size))
            total += size
    return tuple(found)


def size(files: Iterable[Input]) -> int:
    """The bytes of all files."""
    return sum(file.size for file in files)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(str(path), "no such file")
    if not path.is_dir():
        return [path]
    files = [file for file in path.rglob("*") if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)]
    if not files:
        raise InputError(str(path), "a folder without files")
    return sorted(files, key=lambda file: file.relative_to(path).parts)


def _name(path: Path) -> str:
    """The path as text; bytes that are none as `\\xff`, so that every table can hold it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\x00", "")


def _reason(error: OSError) -> str:
    return "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or str(error)).lower()


def break_reason(error: BaseException) -> str:
    """Why a file could not be read to its end."""
    if isinstance(error, EOFError):
        return "the packed file is cut off: the rest is missing"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return "the packed file is damaged: the rest cannot be read"
    return f"the rest cannot be read: {_reason(error)}" if isinstance(error, OSError) else "the rest cannot be read"
