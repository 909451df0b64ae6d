"""Every importer by its name."""

from __future__ import annotations

from collections.abc import Mapping

from coach.audit.importers import (
    chatwoot,
    django_helpdesk,
    freshdesk,
    front,
    helpscout,
    intercom,
    jsonl,
    mbox,
    request_tracker,
    tables,
    zammad,
    zendesk,
)
from coach.audit.importers.source import Importer

SOURCES: Mapping[str, Importer] = {
    "jsonl": jsonl.read,
    "csv": tables.read_csv,
    "parquet": tables.read_parquet,
    "zendesk": zendesk.read,
    "intercom": intercom.read,
    "freshdesk": freshdesk.read,
    "helpscout": helpscout.read,
    "front": front.read,
    "chatwoot": chatwoot.read,
    "zammad": zammad.read,
    "rt": request_tracker.read,
    "django-helpdesk": django_helpdesk.read,
    "mbox": mbox.read,
}
