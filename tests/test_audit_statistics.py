"""The statistics of the report, against numbers computed by hand or published, and the groups that are too small to be shown."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency, fisher_exact

from coach.audit.report.figures import OTHER
from coach.audit.report.groups import Group, row, shown
from coach.audit.report.statistics import NOTHING, Share, adjusted, alike, clustered_share, greater, share

Z = 1.959963984540054


def clustered(clusters: list[tuple[int, int]]) -> Share:
    """The share of clusters of (hits, cases), from the sums that the queries hand over."""
    hits, cases = sum(y for y, _ in clusters), sum(x for _, x in clusters)
    own, cross, squared = sum(y * y for y, _ in clusters), sum(y * x for y, x in clusters), sum(x * x for _, x in clusters)
    return clustered_share(hits, cases, own, cross, squared, len(clusters))


def test_wilson_by_hand() -> None:
    value = share(8, 10)
    centre, half = (0.8 + Z**2 / 20) / (1 + Z**2 / 10), Z / (1 + Z**2 / 10) * sqrt(0.8 * 0.2 / 10 + Z**2 / 400)
    assert (value.value, value.low, value.high) == pytest.approx((0.8, centre - half, centre + half))
    assert (value.low, value.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(counts: tuple[int, int]) -> None:
    value, known = share(*counts), binomtest(*counts).proportion_ci(0.95, "wilson")
    assert (value.low, value.high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_no_case_has_no_share() -> None:
    assert share(0, 0) == clustered_share(0, 0, 0, 0, 0, 0) == NOTHING


def test_clustered_variance_by_hand() -> None:
    # 4 conversations of 2 replies; faults 2, 0, 2, 0: r = 1/2, residuals 1, -1, 1, -1, so the variance is 4/3 * 4 / 64 = 1/12,
    # the effective number of replies is (1/4) / (1/12) = 3 instead of 8, and t(3) = 3.182446.
    value, t, n = clustered([(2, 2), (0, 2), (2, 2), (0, 2)]), 3.182446305284263, 3.0
    half = t / (1 + t**2 / n) * sqrt(0.25 / n + t**2 / (4 * n * n))
    assert (value.value, value.low, value.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))


def test_replies_that_resemble_each_other_widen_the_range() -> None:
    together, spread = clustered([(4, 4)] * 20 + [(0, 4)] * 60), clustered([(1, 4)] * 80)
    assert together.value == spread.value == 0.25
    assert together.low is not None and spread.low is not None and together.low < spread.low
    plain = share(80, 320)
    assert spread.low <= plain.low + 1e-3 if plain.low is not None else False, "never narrower than independent replies"


def test_where_the_variance_is_not_known_a_conversation_counts_once() -> None:
    assert clustered([(0, 10), (0, 10)]) == Share(0.0, 0.0, share(0, 2).high)
    assert clustered([(3, 10)]).high == pytest.approx(_wilson_high(0.3, 1))


def _wilson_high(rate: float, n: float) -> float:
    return (rate + Z**2 / (2 * n)) / (1 + Z**2 / n) + Z / (1 + Z**2 / n) * sqrt(rate * (1 - rate) / n + Z**2 / (4 * n * n))


def test_fisher_is_the_tea_tasting() -> None:
    assert greater(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert greater(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert greater(0, 4, 4, 4) == 1


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_fisher_is_that_of_scipy(a: int, b: int, c: int, d: int) -> None:
    assert greater(a, a + b, c, c + d) == pytest.approx(fisher_exact([[a, b], [c, d]], "greater").pvalue, abs=1e-9)


def test_benjamini_and_hochberg_by_hand() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert adjusted([]) == []


def test_agents_alike_is_near_the_chi_squared_test_where_that_holds() -> None:
    table = [[80, 20], [65, 35], [140, 60]]
    assert alike([(100, 80), (100, 65), (200, 140)]) == pytest.approx(chi2_contingency(table, correction=False).pvalue, abs=0.01)
    assert alike([(10, 8)]) is None and alike([(10, 10), (5, 5)]) is None and alike([(10, 5), (0, 0)]) is None
    assert alike([(10, 8), (10, 5)]) == alike([(10, 8), (10, 5)]), "always the same draws"


def test_agents_alike_by_hand() -> None:
    """Three cases each, three hits: they lie all on one side in 2 of the 20 ways."""
    assert alike([(3, 3), (3, 0)]) == pytest.approx(2 / 20, abs=0.01)


def test_agents_who_are_alike_seldom_seem_to_differ() -> None:
    """Few replies each, nearly all good: where the chi-squared test knows no bounds."""
    chance, alarms, runs = random.Random(5), 0, 400
    for _ in range(runs):
        groups = [(n := chance.randint(2, 12), sum(chance.random() < 0.96 for _ in range(n))) for _ in range(25)]
        p = alike(groups, draws=199)
        alarms += p is not None and p <= 0.05
    assert alarms / runs <= 0.07


def test_small_groups_are_taken_together() -> None:
    groups = [Group("a", 50, 5, 0), Group("b", 4, 4, 0), Group("c", 3, 0, 0), Group("d", 9, 1, 0)]
    kept, hidden = shown(groups, 5, by_people=False)
    assert [group.key for group in kept] == ["a", "d", OTHER] and hidden == 2
    assert (kept[-1].cases, kept[-1].hits) == (7, 4)


def test_a_single_small_group_cannot_be_told_from_the_total() -> None:
    kept, hidden = shown([Group("a", 50, 5, 0), Group("b", 4, 4, 0), Group("d", 9, 1, 0)], 5, by_people=False)
    assert [(group.key, group.cases) for group in kept] == [("a", 50), (OTHER, 13)] and hidden == 2


def test_people_count_where_they_are_known() -> None:
    groups = [Group("09", 80, 5, 1), Group("10", 60, 4, 6), Group("11", 70, 4, 7)]
    assert len(shown(groups, 5, by_people=False)[0]) == 3
    kept, hidden = shown(groups, 5, by_people=True)
    assert [group.key for group in kept] == ["11", OTHER] and hidden == 2
    assert shown([Group("09", 80, 5, 1)], 5, by_people=True) == ([], 1)


def test_overlapping_groups_have_no_other() -> None:
    assert shown([Group("a", 50, 5, 0), Group("b", 4, 4, 0)], 5, by_people=False, overlap=True) == ([Group("a", 50, 5, 0)], 1)


def test_a_row_has_its_interval() -> None:
    value = share(4, 10)
    assert row(Group("x", 10, 4, 0)) == ("x", 10, 4, value.value, value.low, value.high)
