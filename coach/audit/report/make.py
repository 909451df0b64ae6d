"""A report made: its page written, and its tables where they are wanted."""

from __future__ import annotations

from pathlib import Path

from coach.audit.report.collect import collect
from coach.audit.report.export import export
from coach.audit.report.figures import Figures
from coach.audit.report.page import page
from coach.audit.tables import REPORT
from coach.types import LANGUAGES, Language

LEAST = 5
"""The smallest group that is shown, where nothing else is said."""


def make(
    folder: Path,
    out: Path | None = None,
    *,
    language: Language | None = None,
    agents: bool = False,
    least: int = LEAST,
    zone: str = "UTC",
    tables: Path | None = None,
    version: str = "",
) -> Path:
    """Write the report of the audit in `folder`; the path of the page. `out`: where (default: `report.html` in the folder);
    `language`: of the page (default: that of most conversations); `tables`: a folder for its numbers as CSV and Parquet.

    Raises `InputError` where there is no finished audit, `OSError` where a file cannot be written.
    """
    figures = collect(folder, least=least, agents=agents, zone=zone)
    path = out or folder / REPORT
    made = page(figures, language or _language(figures), version)
    part = path.with_name(f"{path.name}.part")
    part.write_text(made, "utf-8")
    part.replace(path)
    if tables is not None:
        export(figures, tables)
    return path


def _language(figures: Figures) -> Language:
    most = next((row["language"] for row in figures.tables["languages"]), None)
    return next((language for language in LANGUAGES if language == most), "en")
