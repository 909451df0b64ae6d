"""Every importer by its name, and how a format is told from its files."""

from __future__ import annotations

from collections.abc import Mapping

from coach.audit.importers import jsonl
from coach.audit.importers.files import Input
from coach.audit.importers.source import Form, Importer

SOURCES: Mapping[str, Importer] = {
    "jsonl": jsonl.read,
}


def detect(files: tuple[Input, ...]) -> Form:
    """The format of the files."""
    return "jsonl"
