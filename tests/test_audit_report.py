"""The report of an audit: figures against small audits counted by hand, the page, its files, and the command."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from coach.audit.report.collect import collect
from coach.audit.report.export import export, files
from coach.audit.report.figures import OTHER, Figures
from coach.audit.report.make import make
from coach.audit.report.page import page
from coach.audit.report.statistics import share
from coach.audit.tables import SCHEMAS
from coach.cli import app
from coach.inputs import InputError
from coach.rules import catalogue
from coach.types import LANGUAGES, STEPS
from tests.audit_tables import conversation, finding, plausible, promise, reply, write

WORDS = Path(__file__).resolve().parent.parent / "coach" / "audit" / "report" / "words"
STRINGS = Path(__file__).resolve().parent.parent / "coach" / "playground"
DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOSTILE = "</title><script>alert('x')</script><img src=//evil.example/a onerror=alert(1)>{{ 7*7 }}{n}"


def rows(figures: Figures, name: str) -> list[Mapping[str, Any]]:
    """The rows of a table by column name."""
    return list(figures.tables[name])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up audit of 600 conversations."""
    return plausible(tmp_path_factory.mktemp("shop") / "audit")


def test_the_funnel_by_hand(tmp_path: Path) -> None:
    reached = ([1, 1, 1, 1, None, None, None], [1, None, 1, 2, None, None, 2], [None, 1, None, None, None, None, None])
    made = [
        conversation(f"c{n}", replies=2, **{f"step_{step.replace('-', '_')}": at for step, at in zip(STEPS, steps, strict=True)})
        for n, steps in enumerate(reached)
    ]
    figures = collect(write(tmp_path, conversations=[*made, conversation("calm", failure=False, replies=1)]))
    found = rows(figures, "funnel")
    assert [row["step"] for row in found] == list(STEPS)
    assert [row["reached"] for row in found] == [2, 2, 2, 2, 0, 0, 1]
    assert [row["with_all_before"] for row in found] == [2, 1, 1, 1, 0, 0, 0]
    assert [row["broke_off"] for row in found] == [1, 1, 0, 0, 1, 0, 0]
    assert {row["conversations"] for row in found} == {3}
    assert (found[0]["share"], found[0]["low"], found[0]["high"]) == (share(2, 3).value, share(2, 3).low, share(2, 3).high)


def test_faults_count_a_reply_once_for_each_family(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=2) for n in range(4)]
    found = [finding("c0", "excuse"), finding("c0", "excuse", severity="error"), finding("c0", "excuse", turn=3), finding("c1", "canned")]
    excuse, canned = rows(collect(write(tmp_path, conversations=made, findings=found)), "faults")
    assert (excuse["family"], excuse["findings"], excuse["serious"], excuse["caution"]) == ("excuse", 3, 1, 2)
    assert (excuse["replies"], excuse["conversations"], excuse["per_100"]) == (2, 1, 25)
    assert (canned["replies"], canned["per_100"]) == (1, 12.5)
    assert excuse["low"] < 25 < excuse["high"] and excuse["high"] - excuse["low"] > canned["high"] - canned["low"]


def test_the_worst_come_first_each_from_another_conversation(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1, peak_heat=3 if n == 3 else 0) for n in range(5)]
    found = [finding("c0", "excuse", confidence=0.7, turn=1), finding("c0", "excuse", confidence=0.8, turn=3)]
    found += [finding("c1", "excuse", severity="error", confidence=0.6), finding("c2", "excuse", severity="hint")]
    found += [finding("c3", "excuse", confidence=0.6), finding("c4", "excuse", confidence=0.7)]
    worst = rows(collect(write(tmp_path, conversations=made, findings=found)), "worst_examples")
    assert [(row["conversation"], row["turn"]) for row in worst] == [("c1", 1), ("c3", 1), ("c0", 3)]


def test_a_first_reply_is_good_with_hints_only(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1, channel="chat" if n < 6 else "email") for n in range(12)]
    turns = [reply(f"c{n}", at=DAY + timedelta(hours=n // 6)) for n in range(12)]
    found = [
        finding("c0", "excuse"),
        finding("c1", "canned", severity="hint"),
        finding("c6", "excuse"),
        finding("c7", "arguing", severity="error"),
        finding("c2", "missing-satisfaction-check", step="4"),
        finding("c8", "generic-signoff", step="4", start=0, end=5),
    ]
    figures = collect(write(tmp_path, conversations=made, turns=turns, findings=found), zone="Europe/Warsaw")
    assert (figures.facts["first_replies"], figures.facts["good_first_replies"]) == (12, 8)
    by = {row["channel"]: (row["conversations"], row["good"]) for row in rows(figures, "first_replies_by_channel")}
    assert by == {"chat": (6, 5), "email": (6, 3)}
    assert [row["hour"] for row in rows(figures, "first_replies_by_hour")] == ["10", "11"], "hours are those of the zone"
    assert [row["weekday"] for row in rows(figures, "first_replies_by_weekday")] == ["1"]
    assert [row["period"] for row in rows(figures, "first_replies_by_period")] == ["2026-03-02"]


def test_small_groups_do_not_show(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1, channel="email" if n < 20 else "fax", tags=["vip"] if n < 4 else ["all"]) for n in range(24)]
    turns = [reply(f"c{n}", agent=f"a{n % 6}") for n in range(24)]
    figures = collect(write(tmp_path, conversations=made, turns=turns), agents=True)
    assert [row["channel"] for row in rows(figures, "first_replies_by_channel")] == [OTHER], "4 by fax: the rest would give them away"
    assert figures.tables["first_replies_by_channel"].hidden == 2
    assert [row["tag"] for row in rows(figures, "first_replies_by_tag")] == ["all"]
    assert figures.tables["first_replies_by_tag"].hidden == 1
    assert not [row for row in rows(figures, "spikes") if row["value"] in ("vip", "fax")]
    bands = rows(figures, "first_replies_by_agents")
    assert [row["people"] for row in bands] == [6], "6 people are one band of at least 5"
    for one in files(figures):
        assert "vip" not in str(one.rows) and "'a0'" not in str(one.rows)


@pytest.mark.parametrize("agents", [0, 6])
def test_no_small_group_is_told_by_subtraction(agents: int, tmp_path: Path) -> None:
    """Whoever takes what is shown of a kind from the total is left with nothing, or with a group that is large enough."""
    made, turns = [], []
    for n in range(60):
        channel = "fax" if n < 2 else "chat" if n < 20 else None if n < 23 else "email"
        release = ("1.0", "2.0")[n % 2] if n < 57 else None
        at = DAY + timedelta(hours=n % 3, days=0 if n < 3 else n % 2 + 1)
        made.append(
            conversation(f"c{n}", replies=1, started=at, channel=channel, release=release, tags=["all"] if n < 58 else [], failure=True)
        )
        turns.append(reply(f"c{n}", at=at, agent=f"a{n % agents}" if agents else None))
    figures = collect(write(tmp_path, conversations=made, turns=turns))
    shown = rows(figures, "spikes")
    assert {row["dimension"] for row in shown} >= {"hour", "weekday"}
    for measure in ("failure", "faulty_first"):
        for dimension in ("hour", "weekday", "day", "tag", "release", "channel"):
            of = [row["conversations"] for row in shown if (row["measure"], row["dimension"]) == (measure, dimension)]
            left = [60 - one for one in of] if dimension == "tag" else [60 - sum(of)]
            assert all(one == 0 or one >= 5 for one in left), (measure, dimension, of)
    for dimension in ("channel", "release"):
        left = 60 - sum(row["conversations"] for row in rows(figures, f"first_replies_by_{dimension}"))
        assert left == 0 or left >= 5, dimension


def test_a_tag_is_not_tested_against_the_replies_of_few_people(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1, tags=["most"] if n < 30 else ["rest"]) for n in range(40)]
    turns = [reply(f"c{n}", agent=f"a{n % 6}" if n < 30 else "a0") for n in range(40)]
    shown = rows(collect(write(tmp_path, conversations=made, turns=turns)), "spikes")
    assert {(row["measure"], row["value"]) for row in shown if row["dimension"] == "tag"} == {("failure", "most"), ("failure", "rest")}


def test_an_hour_of_one_agent_does_not_show(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1, started=DAY + timedelta(hours=n % 2)) for n in range(40)]
    turns = [reply(f"c{n}", at=DAY + timedelta(hours=n % 2), agent="alone" if n % 2 else f"a{n % 12}") for n in range(40)]
    figures = collect(write(tmp_path, conversations=made, turns=turns))
    assert [row["hour"] for row in rows(figures, "first_replies_by_hour")] == [OTHER]
    assert {row["measure"] for row in rows(figures, "spikes") if row["value"] == "10"} == {"failure"}, "what customers report is not theirs"


def test_agents_stay_out_unless_asked_for(shop: Path) -> None:
    assert "first_replies_by_agents" not in collect(shop).tables
    bands = rows(collect(shop, agents=True), "first_replies_by_agents")
    assert [row["people"] for row in bands] == [7, 7]
    assert bands[0]["share"] > bands[1]["share"] and "low" not in bands[0], "sorted by result, even agents who are alike seem apart"
    assert rows(collect(shop, agents=True, least=15), "first_replies_by_agents") == []


def test_repeated_text_that_carries_faults(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1) for n in range(8)]
    turns = [
        reply(f"c{n}", template_key="macro" if n < 6 else f"own{n}", text="Sorry for any inconvenience." if n < 6 else None)
        for n in range(8)
    ]
    found = [*(finding(f"c{n}", "weak-apology") for n in range(1, 5)), finding("c2", "excuse"), finding("c5", "canned", severity="hint")]
    figures = collect(write(tmp_path, conversations=made, turns=turns, findings=found, text=True))
    (macro,) = rows(figures, "repeated_text")
    assert (macro["sent"], macro["conversations"], macro["faulty"], macro["families"]) == (6, 6, 4, "weak-apology excuse")
    assert (macro["conversation"], macro["words"]) == ("c1", "Sorry for any inconvenience.")
    assert [(row["kind"], row["replies"], row["faulty"]) for row in rows(figures, "repeated_text_share")] == [
        ("repeated", 6, 4),
        ("own", 2, 0),
    ]
    carrier = next(one for one in figures.advice if one.family == "weak-apology").template
    assert carrier is not None and (carrier.sent, carrier.times, carrier.conversation) == (6, 4, "c1")
    assert rows(collect(tmp_path, least=7), "repeated_text") == []


def test_what_became_of_promises(tmp_path: Path) -> None:
    due = DAY + timedelta(days=2)
    made = [promise("c0", kept=True, due=due, settled_turn=3), promise("c1", kept=False, due=due, settled_turn=3)]
    made += [
        promise("c2", overdue=True, kept=False, due=due),
        promise("c3", due=due),
        promise("c4"),
        promise("c5", due=due, settled_turn=5),
    ]
    figures = collect(
        write(tmp_path, conversations=[conversation(f"c{n}") for n in range(6)], promises=[{**p, "made_at": DAY} for p in made])
    )
    states = {row["state"]: row["promises"] for row in rows(figures, "promises")}
    assert states == {"kept": 1, "late": 1, "overdue": 1, "open": 1, "undated": 1, "unknown": 1}
    assert [(row["conversation"], row["state"]) for row in rows(figures, "promises_broken")] == [("c2", "overdue"), ("c1", "late")]
    (month,) = rows(figures, "promises_by_month")
    assert (month["period"], month["promises"], month["kept"]) == ("2026-03", 6, 1)


def test_a_promise_without_a_date_was_not_kept(tmp_path: Path) -> None:
    """Somebody wrote again, which keeps no date; the share of broken promises is one of those with a date whose fate is known."""
    due = DAY + timedelta(days=2)
    made = [promise(f"c{n}", kept=True, settled_turn=3) for n in range(8)]
    made += [promise("c8", kept=True, due=due, settled_turn=3), promise("c9", overdue=True, kept=False, due=due), promise("c10", due=due)]
    figures = collect(write(tmp_path, conversations=[conversation(f"c{n}") for n in range(11)], promises=made))
    assert {row["state"]: row["promises"] for row in rows(figures, "promises")} == {"undated": 8, "kept": 1, "overdue": 1, "open": 1}
    tile = re.search(r'data-fact="broken">(\d+)</data> <span class="range">/ (\d+)', page(figures, "en", "1"))
    assert tile and tile.groups() == ("1", "2")


def test_failures_that_come_again(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", customer=f"k{n // 2}", started=DAY + timedelta(days=n), repeat=n in (1, 3), replies=1) for n in range(5)]
    figures = collect(write(tmp_path, conversations=made, findings=[finding("c3", "unmentioned-repeat")]))
    assert [(row["kind"], row["conversations"], row["again"]) for row in rows(figures, "repeats")] == [
        ("said", 5, 2), ("unmentioned", 2, 1), ("customer", 5, 4),
    ]  # fmt: skip
    first, second = rows(figures, "repeat_customers")
    assert (first["failures"], first["first"], first["last"], first["conversation_ids"]) == (2, "2026-03-02", "2026-03-03", "c0 c1")
    assert second["said_so"] == 1


def test_a_release_that_breaks_things_stands_out(tmp_path: Path) -> None:
    made = [
        conversation(f"c{n}", release="2.0" if n < 30 else "1.0", failure=n % 3 != 0 if n < 30 else n % 5 == 0, replies=1)
        for n in range(130)
    ]
    found = [row for row in rows(collect(write(tmp_path, conversations=made)), "spikes") if row["dimension"] == "release"]
    by = {row["value"]: row for row in found}
    assert (by["2.0"]["conversations"], by["2.0"]["hits"], by["2.0"]["elsewhere"]) == (30, 20, 0.2)
    assert by["2.0"]["p_corrected"] < 0.001 and by["1.0"]["p_corrected"] == pytest.approx(1)
    assert by["2.0"]["ratio"] == pytest.approx(10 / 3)


def test_chance_alone_makes_no_spikes(tmp_path: Path) -> None:
    made = [
        conversation(f"c{n}", failure=(n * 7919) % 97 < 40, started=DAY + timedelta(hours=n * 5), tags=[f"tag{n % 25}"], replies=1)
        for n in range(1500)
    ]
    figures = collect(write(tmp_path, conversations=made))
    assert len(figures.tables["spikes"].rows) > 50 and figures.facts["spikes"] == 0


def test_a_scorecard_and_the_sequence_disagree(tmp_path: Path) -> None:
    made = [
        conversation("offer", replies=2, g4="open"),
        conversation("offer-and-ask", replies=2, step_satisfaction_check=2, g4="passed"),
        conversation("ask", replies=2, step_satisfaction_check=2, g4="passed"),
        conversation("once", replies=1, g4="open"),
    ]
    turns = [
        reply("offer", moves=["solution"], open_gates=["G1"]), reply("offer-and-ask", moves=["apology", "solution"]),
        reply("ask", moves=["apology"]), reply("once", moves=["apology"], open_gates=["G1"]),
    ]  # fmt: skip
    found = [finding("offer", "generic-signoff"), finding("offer-and-ask", "generic-signoff"), finding("once", "weak-apology")]
    figures = collect(write(tmp_path, conversations=made, turns=turns, findings=found))
    by = {row["item"]: (row["conversations"], row["earned"], row["broken"], row["lost"]) for row in rows(figures, "qa_inversion")}
    assert by == {"offered_help": (4, 2, 1, 1), "instant_solution": (4, 2, 1, 1), "one_reply": (4, 1, 1, 2), "said_sorry": (4, 3, 1, 0)}
    cases = {(row["item"], row["state"], row["conversation"]) for row in rows(figures, "qa_inversion_cases")}
    assert ("offered_help", "earned", "offer") in cases and ("offered_help", "lost", "ask") in cases


def test_three_things_to_coach(tmp_path: Path) -> None:
    made = [conversation(f"c{n}", replies=1) for n in range(100)]
    found = [finding(f"c{n}", "missing-acknowledgement", step="1", severity="error") for n in range(30)]
    found += [finding(f"c{n}", "weak-apology", step="1") for n in range(50)]
    found += [finding(f"c{n}", "generic-signoff", step="4") for n in range(50, 90)]
    found += [finding(f"c{n}", "missing-thanks", step="2", severity="hint") for n in range(100)]
    found += [finding(f"c{n}", "vague-promise", step="3") for n in range(6)]
    chosen = collect(write(tmp_path, conversations=made, findings=found)).advice
    assert [one.family for one in chosen] == ["missing-acknowledgement", "generic-signoff", "vague-promise"]
    assert [one.close_call for one in chosen] == [False, True, True], "the weak apology may cost more than these two"
    assert chosen[0].per_100 == 30 and chosen[0].examples[0] == ("c0", 1, None)


def test_an_empty_audit_and_one_of_one_conversation(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty")
    one = write(
        tmp_path / "one", conversations=[conversation("only", replies=1)], turns=[reply("only")], findings=[finding("only", "excuse")]
    )
    for folder in (empty, one):
        for language in LANGUAGES:
            text = make(folder, folder / f"{language}.html", language=language, agents=True, tables=folder / "numbers").read_text("utf-8")
            assert "</html>" in text and "None" not in re.sub(r"<style>.*</style>", "", text, flags=re.DOTALL)
    assert "Few data: 1 conversation with a failure." in (one / "en.html").read_text("utf-8")


def test_the_files_hold_what_the_report_says(shop: Path, tmp_path: Path) -> None:
    figures = collect(shop, agents=True)
    export(figures, tmp_path)
    for one in files(figures):
        names = [column.name for column in one.columns]
        parquet = pq.read_table(tmp_path / f"{one.name}.parquet")
        assert [tuple(row.values()) for row in parquet.to_pylist()] == list(one.rows) and parquet.column_names == names
        with (tmp_path / f"{one.name}.csv").open(encoding="utf-8", newline="") as file:
            head, *told = csv.reader(file)
        assert head == names
        assert told == [["" if cell is None else str(cell) for cell in row] for row in one.rows]
    assert not list(tmp_path.glob("*.part"))


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    made = [conversation(f"=cmd|{n}", replies=1) for n in range(3)]
    figures = collect(write(tmp_path / "audit", conversations=made, findings=[finding("=cmd|0", "excuse")]))
    export(figures, tmp_path)
    assert "'=cmd|0" in (tmp_path / "worst_examples.csv").read_text("utf-8")


def test_nothing_hostile_gets_through(tmp_path: Path) -> None:
    made = [
        conversation(
            f"{HOSTILE}{n}", replies=1, channel=HOSTILE, tags=[HOSTILE], release=HOSTILE, rating=HOSTILE, customer="k", language="en"
        )
        for n in range(12)
    ]
    turns = [reply(f"{HOSTILE}{n}", template_key="k", text=HOSTILE, at=DAY + timedelta(hours=n)) for n in range(12)]
    found = [
        finding(f"{HOSTILE}{n}", HOSTILE if n % 2 else "excuse", rule="../../../etc/passwd", text=HOSTILE, step=HOSTILE) for n in range(12)
    ]
    owed = [promise(f"{HOSTILE}{n}", overdue=True, what=HOSTILE, due=DAY) for n in range(12)]
    folder = write(tmp_path, conversations=made, turns=turns, findings=found, promises=owed, text=True)
    for language in LANGUAGES:
        text = page(collect(folder, agents=True), language, "1")
        assert "<script" not in text and "<img" not in text and "{{ 7*7 }}" in text
        assert text.count("<title>") == 1 and "&lt;script&gt;" in text


def test_three_languages_say_the_same_things() -> None:
    said = {language: yaml.safe_load((WORDS / f"{language}.yml").read_text("utf-8")) for language in LANGUAGES}
    assert set(said["en"]) == set(said["tr"]) == set(said["pl"])

    def slots(value: str | dict[str, str]) -> set[str]:
        texts = value.values() if isinstance(value, dict) else [value]
        return {slot for text in texts for slot in re.findall(r"{(\w+)}", text)}

    for key in said["en"]:
        assert slots(said["en"][key]) == slots(said["tr"][key]) == slots(said["pl"][key]), key
    plurals = {"en": {"one", "other"}, "tr": {"other"}, "pl": {"one", "few", "many", "other"}}
    for language, keys in said.items():
        assert {frozenset(value) for value in keys.values() if isinstance(value, dict)} == {frozenset(plurals[language])}


def test_steps_and_faults_are_called_as_in_the_playground() -> None:
    families = {entry.family for entry in catalogue().rules}
    for language in LANGUAGES:
        shown = dict(re.findall(r'"((?:step|family)\.[^"]+)": "([^"]+)"', (STRINGS / f"strings.{language}.js").read_text("utf-8")))
        said = yaml.safe_load((WORDS / f"{language}.yml").read_text("utf-8"))
        assert {key: value for key, value in said.items() if key.startswith(("step.", "family."))} == shown
        assert {f"family.{family}" for family in families} <= set(said)


def test_every_key_of_a_column_is_said(shop: Path) -> None:
    said = yaml.safe_load((WORDS / "en.yml").read_text("utf-8"))
    for one in collect(shop, agents=True).tables.values():
        assert {f"column.{column.name}" for column in one.columns} <= set(said), one.name


def test_what_is_no_audit_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run\.json is missing"):
        collect(tmp_path)
    write(tmp_path)
    with pytest.raises(InputError, match="no such time zone"):
        collect(tmp_path, zone="../../etc/passwd")
    (tmp_path / "turns.parquet").unlink()
    with pytest.raises(InputError, match=r"turns\.parquet: is missing"):
        collect(tmp_path)
    (tmp_path / "turns.parquet").write_bytes(b"no table")
    with pytest.raises(InputError, match="is no Parquet file"):
        collect(tmp_path)
    pq.write_table(pq.read_table(tmp_path / "conversations.parquet"), tmp_path / "turns.parquet")
    with pytest.raises(InputError, match="columns missing: turn"):
        collect(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"format": 99}), "utf-8")
    with pytest.raises(InputError, match="another version"):
        collect(tmp_path)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "it's [a] *strange* folder?", conversations=[conversation("c", replies=1)])
    assert collect(folder).facts["conversations"] == 1


def test_the_command_writes_the_page_and_the_numbers(shop: Path, tmp_path: Path) -> None:
    out, numbers = tmp_path / "r.html", tmp_path / "numbers"
    options = ["--out", str(out), "--language", "pl", "--agents", "--min-group", "6", "--tables", str(numbers), "--zone", "Europe/Warsaw"]
    ran = CliRunner().invoke(app, ["report", str(shop), *options])
    assert ran.exit_code == 0, ran.output
    assert '<html lang="pl">' in out.read_text("utf-8")
    assert {path.stem for path in numbers.glob("*.csv")} == {path.stem for path in numbers.glob("*.parquet")}
    before = out.read_bytes()
    CliRunner().invoke(app, ["report", str(shop), *options])
    assert out.read_bytes() == before, "the same audit, the same page"
    for wrong in (["report", str(tmp_path)], ["report", str(shop), "--zone", "Mars/Olympus"], ["report", str(shop), "--min-group", "1"]):
        assert CliRunner().invoke(app, wrong).exit_code == 2
    assert CliRunner().invoke(app, ["report", str(shop), "--out", str(tmp_path / "no" / "such" / "r.html")]).exit_code == 2


def test_every_table_of_the_audit_is_read_by_its_schema(shop: Path) -> None:
    assert {path.stem for path in shop.glob("*.parquet")} == set(SCHEMAS)
