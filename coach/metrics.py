"""What the service counts, for Prometheus. Never holds text, only names of rules, languages and codes."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from coach.types import Review

BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.016, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Metrics:
    """The figures of one app, in a registry of its own. `rules`: the ids that may become labels."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, rules: frozenset[str] = frozenset()) -> None:
        self._rules = rules
        self._series = cache(lambda entrance, language: (self.reviews.labels(entrance, language), self.seconds.labels(entrance)))
        self.registry = CollectorRegistry()
        self.reviews = Counter("coach_reviews", "Reviews given.", ("entrance", "language"), registry=self.registry)
        self.findings = Counter("coach_findings", "Findings in full reviews.", ("rule",), registry=self.registry)
        self.seconds = Histogram(
            "coach_review_seconds", "From the draft's arrival to its review.", ("entrance",), buckets=BUCKETS, registry=self.registry
        )
        self.superseded = Counter("coach_superseded", "Drafts left unanswered because a newer one came.", registry=self.registry)
        self.connections = Gauge("coach_connections", "Open websocket connections.", registry=self.registry)
        self.opened = Counter("coach_connections_opened", "Websocket connections opened.", registry=self.registry)
        self.errors = Counter("coach_errors", "Errors answered.", ("entrance", "code"), registry=self.registry)
        self.feedback = Counter("coach_feedback", "What agents did with findings.", ("action", "rule"), registry=self.registry)

    def reviewed(self, review: Review, entrance: str, seconds: float) -> None:
        """Count a review."""
        reviews, spent = self._series(entrance, review.language)
        reviews.inc()
        spent.observe(seconds)
        if review.full:
            for finding in review.findings:
                self.findings.labels(finding.rule).inc()

    def fed_back(self, action: str, rule: str) -> None:
        """Count what an agent did with a finding; rules that do not exist count together."""
        self.feedback.labels(action, rule if rule in self._rules else "unknown").inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self.registry)
