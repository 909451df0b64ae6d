"""Every importer by its name."""

from __future__ import annotations

from collections.abc import Mapping

from coach.audit.importers.chatwoot import read as chatwoot
from coach.audit.importers.django_helpdesk import read as django_helpdesk
from coach.audit.importers.freshdesk import read as freshdesk
from coach.audit.importers.front import read as front
from coach.audit.importers.helpscout import read as helpscout
from coach.audit.importers.intercom import read as intercom
from coach.audit.importers.jsonl import read as jsonl
from coach.audit.importers.mbox import read as mbox
from coach.audit.importers.request_tracker import read as request_tracker
from coach.audit.importers.source import Importer
from coach.audit.importers.tables import read_csv, read_parquet
from coach.audit.importers.zammad import read as zammad
from coach.audit.importers.zendesk import read as zendesk

SOURCES: Mapping[str, Importer] = {
    "jsonl": jsonl,
    "csv": read_csv,
    "parquet": read_parquet,
    "zendesk": zendesk,
    "intercom": intercom,
    "freshdesk": freshdesk,
    "helpscout": helpscout,
    "front": front,
    "chatwoot": chatwoot,
    "zammad": zammad,
    "rt": request_tracker,
    "django-helpdesk": django_helpdesk,
    "mbox": mbox,
}
