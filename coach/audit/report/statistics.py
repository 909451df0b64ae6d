"""The statistics of the report: shares with intervals, a one-sided test of a group against the rest, and its correction.

Wilson's score interval for independent cases; the same with the effective sample size where cases come in clusters (the replies of one
conversation); Fisher's exact test; Benjamini and Hochberg's correction; a permutation test of many groups at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

LEVEL = 0.95
"""How sure the intervals are."""
DRAWS = 9999
BATCH = 1 << 20  # numbers drawn at a time


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 with its interval; all None where there was no case."""

    value: float | None
    low: float | None
    high: float | None


NOTHING = Share(None, None, None)


def share(hits: int, cases: int) -> Share:
    """`hits` of `cases` independent cases, with Wilson's interval."""
    from scipy.special import ndtri

    return _wilson(hits / cases, cases, float(ndtri(0.5 + LEVEL / 2))) if cases else NOTHING


def clustered_share(hits: int, cases: int, hits_squared: int, hits_cases: int, cases_squared: int, clusters: int) -> Share:
    """`hits` of `cases` that come in `clusters`, with the sums over the clusters of hits², hits * cases and cases².

    The variance is that of a ratio between clusters (Taylor's linearisation). It gives the effective number of cases, never more than
    the real one, for Wilson's interval with Student's t on clusters - 1 degrees of freedom. Where it cannot be estimated (one
    cluster, no hit, nothing but hits) a cluster counts as one case.
    """
    from scipy.special import ndtri, stdtrit

    if not cases:
        return NOTHING
    rate = hits / cases
    if clusters < 2 or hits in (0, cases):
        return _wilson(rate, min(cases, clusters), float(ndtri(0.5 + LEVEL / 2)))
    residual = hits_squared - 2 * rate * hits_cases + rate * rate * cases_squared
    variance = clusters / (clusters - 1) * residual / cases**2
    effective = min(rate * (1 - rate) / variance, cases) if variance > 0 else min(cases, clusters)
    return _wilson(rate, effective, float(stdtrit(clusters - 1, 0.5 + LEVEL / 2)))


def greater(hits: int, cases: int, rest_hits: int, rest_cases: int) -> float:
    """The p-value of Fisher's exact test, one-sided: are hits more frequent in this group than in the rest?"""
    from scipy.stats import hypergeom

    return min(1.0, float(hypergeom.sf(hits - 1, cases + rest_cases, hits + rest_hits, cases)))


def adjusted(values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number (Benjamini and Hochberg: the expected share of false alarms among what is called out)."""
    from scipy.stats import false_discovery_control

    return [float(value) for value in false_discovery_control(values, method="bh")] if values else []


def alike(groups: Sequence[tuple[int, int]], draws: int = DRAWS) -> float | None:
    """The p-value of a permutation test of homogeneity for groups of (cases, hits): do they differ by chance only?

    The chi-squared statistic is compared with that of `draws` random shares of the same hits among the same cases, always the same
    ones, so that it holds for small groups and rare hits as well. None where there is nothing to compare.
    """
    from scipy.stats import multivariate_hypergeom

    found = [one for one in groups if one[0]]
    sizes = [n for n, _ in found]
    cases, hits = sum(sizes), sum(k for _, k in found)
    if len(found) < 2 or hits in (0, cases):
        return None
    mean = hits / cases
    expected = [n * mean for n in sizes]
    variance = [n * mean * (1 - mean) for n in sizes]
    seen = sum((k - e) ** 2 / v for (_, k), e, v in zip(found, expected, variance, strict=True)) * (1 - 1e-9)
    asked = max(1, min(draws, BATCH // len(found)))
    as_far, left = 0, draws
    for seed in range(-(-draws // asked)):
        count = min(asked, left)
        drawn = multivariate_hypergeom.rvs(sizes, hits, size=count, random_state=seed)
        as_far += int((((drawn - expected) ** 2 / variance).sum(axis=-1) >= seen).sum())
        left -= count
    return (1 + as_far) / (1 + draws)


def _wilson(rate: float, cases: float, z: float) -> Share:
    centre = (rate + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * sqrt(rate * (1 - rate) / cases + z * z / (4 * cases * cases))
    return Share(rate, 0.0 if rate == 0 else max(0.0, centre - half), 1.0 if rate == 1 else min(1.0, centre + half))
