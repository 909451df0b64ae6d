"""A PostgreSQL server for tests, from the binaries of Debian's package: no password, a socket in a folder that is thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

UNPRIVILEGED = ("postgres", "nobody")
PORT = 5432  # names the socket only: no network is listened on


def binaries() -> Path | None:
    """The folder of the newest server that is installed; None without one."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    named = shutil.which("initdb")
    found += [Path(named).parent] if named else []
    return max(found, default=None, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of a running server whose data and socket lie in `folder`, for as long as it is needed."""
    data, user = folder / "data", _user()
    if user is not None:
        shutil.chown(folder, user)
    _run(user, "initdb", "-D", str(data), "-U", "coach", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c port={PORT} -c fsync=off"
    _run(user, "pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://coach@/postgres?host={quote(str(folder), safe='')}&port={PORT}"
    finally:
        _run(user, "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that the server's user can reach, with a name short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _run(user: str | None, program: str, *arguments: str) -> None:
    folder = binaries()
    assert folder is not None
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    subprocess.run(
        [str(folder / program), *arguments], check=True, user=user, env=environment, cwd="/", stdout=subprocess.DEVNULL, timeout=120
    )
