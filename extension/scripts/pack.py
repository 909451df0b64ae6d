"""The extension as a zip for the store: the same bytes for the same files. `pack.py DIST ZIP`.

The store names the extension itself and takes no `key`, so that is left out; a folder loaded by hand keeps it, and with it its id.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def pack(dist: Path, target: Path) -> None:
    """Write the files of `dist` into the zip `target`, in the order of their names."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in sorted(path for path in dist.rglob("*") if path.is_file()):
            name = path.relative_to(dist).as_posix()
            data = path.read_bytes()
            if name == "manifest.json":
                manifest = json.loads(data)
                manifest.pop("key", None)
                data = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
            info = ZipInfo(name, EPOCH)
            info.external_attr = READABLE
            info.compress_type = ZIP_DEFLATED
            zipped.writestr(info, data)


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
