"""The zip of `make extension`: complete, the same every time, without code from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.extension.harness import EXTENSION

PACK = EXTENSION / "scripts" / "pack.py"


def pack(dist: Path, target: Path) -> Path:
    subprocess.run([sys.executable, str(PACK), str(dist), str(target)], check=True)
    return target


def test_the_zip_is_the_same_every_time(dist: Path, tmp_path: Path) -> None:
    first = pack(dist, tmp_path / "one.zip")
    for path in dist.rglob("*"):
        os.utime(path, (10**9, 10**9))
    assert first.read_bytes() == pack(dist, tmp_path / "two.zip").read_bytes()


def test_the_zip_holds_what_the_manifest_names(dist: Path, tmp_path: Path) -> None:
    with ZipFile(pack(dist, tmp_path / "reply-coach.zip")) as zipped:
        names = zipped.namelist()
        manifest = json.loads(zipped.read("manifest.json"))
    assert sorted(names) == sorted(path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file())
    assert "key" not in manifest and "key" in json.loads((dist / "manifest.json").read_text("utf-8"))
    named = {manifest["background"]["service_worker"], manifest["side_panel"]["default_path"], manifest["options_ui"]["page"]}
    assert named | {"content.js", "panel.js", "panel.css", "options.js", "options.css"} <= set(names)
    assert {f"_locales/{language}/messages.json" for language in ("en", "tr", "pl")} <= set(names)


def test_nothing_is_asked_for_beforehand(dist: Path) -> None:
    manifest = json.loads((dist / "manifest.json").read_text("utf-8"))
    assert "host_permissions" not in manifest and "content_scripts" not in manifest and "web_accessible_resources" not in manifest
    assert set(manifest["permissions"]) == {"storage", "sidePanel", "scripting"}
    assert set(manifest["optional_host_permissions"]) == {"https://*/*", "http://*/*"}


def test_no_code_comes_from_outside(dist: Path) -> None:
    for path in dist.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text) and "<script>" not in text
        assert re.findall(r"<script[^>]*>", text) == [f'<script type="module" src="{path.stem}.js">']
    for path in dist.rglob("*.js"):
        assert not re.search(r"\beval\(|new Function\(|import\(|importScripts\(", path.read_text("utf-8")), path.name
    for path in dist.rglob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text("utf-8")), path.name
