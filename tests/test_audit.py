from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from coach.audit.cluster import Cluster
from coach.audit.conversation import Conversation, Place
from coach.audit.crew import Alone, CrewLostError, Processes, Work, WorkerDiedError
from coach.audit.engine import Engine
from coach.audit.folder import WORK
from coach.audit.importers import Options, StrictError
from coach.audit.keys import SECRET, audit_secret, own_secret, pseudonym, template_key, text_key
from coach.audit.replies import Reply, ending, replies
from coach.audit.reviewed import Kept
from coach.audit.run import MOST_CONVERSATIONS, Request, audit, chunks
from coach.audit.work import rows as worked
from coach.cli import app
from coach.inputs import InputError
from coach.pipeline import Coach
from coach.protocol import parse_lint, to_draft
from coach.settle import settle
from coach.types import Draft, Turn
from tests.audit_runs import bytes_of, parts, rows, run, small_rules, started, talk, until, written

CHUNKS = 8
SIGNOFF = "Is there anything else I can help you with?"
TALK = Conversation(
    "c1",
    (
        Turn("customer", "My parcel never came."),
        Turn("agent", "We got your message.", automatic=True),
        Turn("agent", "I'm sorry that your parcel never came."),
        Turn("customer", "And now?"),
        Turn("agent", "Note: check the depot.", internal=True),
        Turn("agent", "  "),
        Turn("agent", SIGNOFF),
        Turn("agent", "Closed.", automatic=True),
    ),
    "en",
    Place("talks.jsonl", "line 1"),
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_rules(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight chunks, with a line in the middle that is none."""
    lines: list[Any] = [talk(number) for number in range(CHUNKS * MOST_CONVERSATIONS - 5)]
    return written(tmp_path_factory.mktemp("many") / "talks.jsonl", *lines[:100], "{", *lines[100:])


@pytest.fixture(scope="module")
def undisturbed(many: Path, rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    summary = run(many, out, rules, formats=("jsonl", "csv"))
    assert (summary.conversations, summary.rejected) == (CHUNKS * MOST_CONVERSATIONS - 5, 1)
    return out


def test_every_reply_has_its_own_context_time_and_closing() -> None:
    items = list(replies(TALK))
    assert [item for item in items if not isinstance(item, Reply)] == [
        "customer",
        "automatic",
        "customer",
        "internal",
        "empty",
        "automatic",
    ]
    first, second = (item for item in items if isinstance(item, Reply))
    assert (first.turn, first.draft.closing, first.draft.conversation) == (2, False, TALK.turns[:2])
    assert (second.turn, second.draft.closing) == (6, True)
    assert ending(TALK) == Draft("", "en", TALK.turns)


def test_a_reply_is_dated_by_the_last_time_known(tmp_path: Path, rules: Path) -> None:
    out = tmp_path / "out"
    undated = talk(0)
    undated["turns"][3].pop("at")
    run(written(tmp_path / "talks.jsonl", undated), out, rules)
    found = rows(out, "turns")
    assert found[3]["at"] == found[1]["at"] and found[2]["at"] is None


def test_a_reply_is_not_closing_when_the_customer_speaks_last() -> None:
    turns = (Turn("agent", "Hi."), Turn("customer", "Hello?"))
    reply = next(replies(Conversation("x", turns, "auto", Place("f", "line 1"))))
    assert isinstance(reply, Reply) and not reply.draft.closing


def test_tables(tmp_path: Path, rules: Path) -> None:
    out = tmp_path / "out"
    lines = (
        talk(0, channel="chat", tags=["late", "vip"], rating="bad", customer="mia@x.org", release="2.1"),
        "{",
        talk(3, customer="mia@x.org"),
    )
    run(written(tmp_path / "talks.jsonl", *lines), out, rules, text=True)
    first, second = rows(out, "conversations")
    assert (first["conversation"], first["place"], first["channel"], first["tags"]) == ("c0", "line 1", "chat", ["late", "vip"])
    assert (first["rating"], first["release"], second["rating"], second["tags"]) == ("bad", "2.1", None, [])
    assert first["customer"] == second["customer"] != None and "mia" not in first["customer"]  # noqa: E711
    assert (first["turns"], first["replies"], first["agents"], first["findings"], first["ended_by"]) == (4, 2, 2, 1, "agent")
    assert (first["failure"], first["step_apologise"], first["step_follow_up"], first["step_solve"]) == (True, 1, 2, None)
    turns = rows(out, "turns")[:4]
    assert [turn["skipped"] for turn in turns] == ["customer", None, "customer", None]
    assert [(turn["reply"], turn["first_reply"], turn["closing"]) for turn in turns] == [
        (None, None, None),
        (1, True, False),
        (None, None, None),
        (2, False, True),
    ]
    assert turns[1]["moves"] == ["apology"] and turns[1]["findings"] == 1 and turns[3]["moves"] == ["follow-up"]
    (finding, _) = rows(out, "findings")
    assert (finding["rule"], finding["turn"], finding["start"], finding["end"], finding["text"]) == ("fault", 1, 9, 18, "bad thing")
    assert finding["agent"] == turns[1]["agent"] and finding["agent"].startswith("agent-")
    promise = rows(out, "promises")[0]
    assert (promise["turn"], promise["what"], promise["settled_turn"]) == (3, "I will write tomorrow.", None)
    assert rows(out, "rejects") == [{"file": str(tmp_path / "talks.jsonl"), "place": "line 2", "reason": rows(out, "rejects")[0]["reason"]}]
    told = json.loads((out / "run.json").read_text())
    assert told["counts"] == {"conversations": 2, "rejected": 1, "turns": 8, "replies": 4, "findings": 2, "promises": 2}
    assert told["latest"].startswith("2026-02-04T12:00:00")


def test_a_promise_that_nobody_came_back_to_is_judged_by_the_newest_time_of_all(tmp_path: Path, rules: Path) -> None:
    run(written(tmp_path / "alone.jsonl", talk(0)), tmp_path / "alone", rules)
    assert [(row["kept"], row["overdue"]) for row in rows(tmp_path / "alone", "promises")] == [(None, False)]
    run(written(tmp_path / "both.jsonl", talk(0), talk(13)), tmp_path / "both", rules)
    assert [(row["kept"], row["overdue"]) for row in rows(tmp_path / "both", "promises")] == [(False, True)]


def test_a_wrong_clock_makes_nothing_overdue(tmp_path: Path, rules: Path) -> None:
    """Neither a customer's time in the year 2199 nor one of the team's that lies after the file was written."""
    other = talk(28)
    other["turns"].append({"role": "customer", "text": "Thanks.", "at": "2026-03-20T10:00:00Z"})
    wrong = talk(56)
    wrong["turns"][0]["at"] = "2199-01-01T10:00:00Z"
    wrong["turns"].append({"role": "agent", "text": "Fine.", "at": "2199-01-02T10:00:00Z"})
    summary = run(written(tmp_path / "talks.jsonl", talk(0), other, wrong), tmp_path / "out", rules)
    assert [(row["kept"], row["overdue"]) for row in rows(tmp_path / "out", "promises")] == [(None, False)]
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["judged"] == "2026-02-01T12:00:00+00:00" and summary.wrong_times == 2
    assert "2 times lie after the input was written" in " ".join(summary.text())


def test_an_old_or_new_file_time(tmp_path: Path, rules: Path) -> None:
    file = written(tmp_path / "talks.jsonl", talk(0), talk(13))
    for name, time, wrong in (("1980", 315532800, 0), ("2026-02-05", 1770249600, 3), ("2050", 2524608000, 0)):
        os.utime(file, (time, time))
        assert run(file, tmp_path / name, rules).wrong_times == wrong, name


def test_a_promise_is_read_by_the_teams_clock(tmp_path: Path) -> None:
    """In Istanbul it is half past one of the third when it is said: tomorrow is the fourth, and 16:00 is 13:00 UTC."""
    turns = [
        {"role": "customer", "text": "My order is broken.", "at": "2026-03-02T22:00:00Z"},
        {"role": "agent", "text": "Sorry. I will write to you tomorrow by 16:00.", "at": "2026-03-02T22:30:00Z"},
    ]
    file = written(tmp_path / "talks.jsonl", {"id": "c", "language": "en", "turns": turns})
    request = Request((str(file),), tmp_path / "out", options=Options(zone="Europe/Istanbul"), engine=Engine(None, False))
    audit(request, Alone, "test")
    (promise,) = rows(tmp_path / "out", "promises")
    assert promise["made_at"].isoformat() == "2026-03-02T22:30:00+00:00", "tables hold UTC"
    assert promise["due"].isoformat() == "2026-03-04T13:00:00+00:00"


def test_words_and_names_are_stored_only_on_demand(tmp_path: Path, rules: Path) -> None:
    file = written(tmp_path / "talks.jsonl", talk(0, customer="mia@x.org"))
    run(file, tmp_path / "without", rules, formats=("jsonl",))
    kept = b"".join(data for name, data in bytes_of(tmp_path / "without").items() if name.endswith(".jsonl"))
    assert b"bad thing" not in kept and b"mia" not in kept and b"ann0" not in kept and b"write" not in kept
    run(file, tmp_path / "with", rules, text=True, names=True)
    assert rows(tmp_path / "with", "findings")[0]["agent"] == "ann0"
    assert rows(tmp_path / "with", "turns")[1]["text"] == "Sorry. A bad thing, number 0."


def test_offsets_are_utf16(tmp_path: Path, rules: Path) -> None:
    turns = [{"role": "agent", "text": "😀 A bad thing."}]
    run(written(tmp_path / "talks.jsonl", {"id": 1, "language": "en", "turns": turns}), tmp_path / "out", rules)
    assert [(row["start"], row["end"]) for row in rows(tmp_path / "out", "findings")] == [(5, 14), (None, None)]


def test_findings_are_those_of_a_review(rules: Path) -> None:
    """An audit leaves the wordings out, which change no finding."""
    coach = Coach()
    lines = (Path(__file__).parent / "data" / "dev_en.jsonl").read_text("utf-8").splitlines()
    for line in lines[::16]:
        data = {key: value for key, value in json.loads(line).items() if key in ("draft", "conversation", "language", "closing")}
        draft = to_draft(parse_lint(json.dumps(data)))
        s = coach.situation(draft)
        told = [(f.rule, f.span, f.severity, f.visible, f.confidence) for f in coach.review(draft).findings]
        assert [(f.rule, f.span, f.severity, f.visible, f.confidence) for f in settle(coach.detected(s), s)] == told


def test_a_failing_review_costs_one_conversation() -> None:
    class Fails:
        def prepare(self, drafts: Iterable[Draft]) -> None:
            raise ZeroDivisionError("secret")

        def situation(self, draft: Draft) -> Any:
            raise ZeroDivisionError("secret")

        detected: Any = None

    made = worked((TALK,), Fails(), Kept())
    assert made.rejects == [{"file": "talks.jsonl", "place": "line 1", "reason": "the review failed: ZeroDivisionError"}]
    assert not made.turns and not made.conversations


def test_keys() -> None:
    assert text_key("Hello  World") == text_key("hello world\n") != text_key("hello word")
    one, two = "Hi Ana,\nsee https://x.org/1, order 4711.\nBye, Ben", "Hi Bo,\nsee https://y.org/2, order 99.\nBye, Eva"
    assert template_key(one, 7, one.index("Bye")) == template_key(two, 6, two.index("Bye"))
    assert template_key("a 1", 0, 3) != template_key("b 1", 0, 3)
    assert pseudonym("ann", "agent", b"1") == pseudonym("ann", "agent", b"1") != pseudonym("ann", "agent", b"2")


def test_nobody_is_told_from_the_output_alone(tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are guessed do not give the pseudonyms with anything that stands in the folder: not with the digests of the input."""
    file = written(tmp_path / "talks.jsonl", talk(0, customer="mia@x.org"))
    run(file, tmp_path / "one", rules)
    told = json.loads((tmp_path / "one" / "run.json").read_text())
    digests = [each["sha256"] for each in told["inputs"]]
    guessed = [repr(digests).encode(), *(value.encode() for value in (*digests, told["secret"], told["rules"], "".join(digests)))]
    secrets = [*(sha256(one).digest() for one in guessed), *guessed, *(bytes.fromhex(one) for one in (*digests, told["secret"])), b""]
    secrets += [audit_secret(digests, one) for one in list(secrets)]
    kept = b"".join(bytes_of(tmp_path / "one").values())
    for secret in secrets:
        assert pseudonym("mia@x.org", "customer", secret[:64]) != rows(tmp_path / "one", "conversations")[0]["customer"]
    assert os.environ[SECRET].encode() not in kept and audit_secret(digests, own_secret()).hex().encode() not in kept
    monkeypatch.setenv(SECRET, "quite another secret of thirty-two characters")
    run(file, tmp_path / "two", rules)
    one, two = (rows(tmp_path / name, "conversations")[0]["customer"] for name in ("one", "two"))
    assert one != two
    with pytest.raises(InputError, match="begun with another secret of pseudonyms"):
        run(file, tmp_path / "one", rules, resume=True)


def test_the_secret_is_made_once_and_is_its_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = own_secret()
    path = tmp_path / "data" / "reply-coach" / "audit-secret"
    assert made == own_secret() and len(made) == 64 and path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["audit-secret"]
    path.chmod(0o644)
    with pytest.raises(InputError, match="others may read the secret of pseudonyms: chmod 600"):
        own_secret()
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(InputError, match="is no secret of pseudonyms, or damaged"):
        own_secret()
    monkeypatch.setenv("XDG_DATA_HOME", str(path))
    with pytest.raises(InputError, match=f"cannot be kept there .*set {SECRET}"):
        own_secret()
    monkeypatch.setenv(SECRET, "short")
    with pytest.raises(InputError, match="at least 32 characters"):
        own_secret()


def test_csv_has_no_formulas_and_jsonl_no_surprises(tmp_path: Path, rules: Path) -> None:
    out = tmp_path / "out"
    run(written(tmp_path / "talks.jsonl", talk(0, id="=c", tags=["a", "b"])), out, rules, formats=("csv", "jsonl"))
    with (out / "conversations.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["conversation"], row["tags"], row["rating"], row["failure"]) == ("'=c", "a b", "", "true")
    line = json.loads((out / "conversations.jsonl").read_text())
    assert (line["conversation"], line["tags"], line["started"]) == ("=c", ["a", "b"], "2026-02-01T10:00:00Z")


def test_chunks_hang_on_the_input_alone() -> None:
    assert [len(chunk) for chunk in chunks([TALK] * 150)] == [64, 64, 22]
    long = Conversation("x", TALK.turns * 50, "en", TALK.place)
    assert [len(chunk) for chunk in chunks([long] * 5)] == [2, 2, 1]


def test_progress_ends_at_the_size_of_the_file(many: Path, rules: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    request = Request((str(many),), tmp_path / "out", engine=Engine(str(rules), False))
    summary = audit(request, Alone, "test", lambda read, replies: told.append((read, replies)))
    assert told[-1] == (many.stat().st_size, summary.replies) and told == sorted(told)


class Dies(Alone):
    """A crew whose worker dies of every piece with a certain word in it."""

    word = b"number 77."

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        if self.word not in piece:
            return super().submit(work, piece)
        future: Future[bytes] = Future()
        future.set_exception(WorkerDiedError("it died"))
        return future


def test_a_conversation_that_ends_its_worker_is_rejected_alone(many: Path, undisturbed: Path, rules: Path, tmp_path: Path) -> None:
    run(many, tmp_path / "out", rules, Dies)
    assert rows(tmp_path / "out", "rejects")[0]["reason"] == "the review ended its process"
    expected = [row for row in rows(undisturbed, "turns") if row["conversation"] != "c77"]
    assert rows(tmp_path / "out", "turns") == expected


def test_workers_that_only_die_end_the_run(many: Path, undisturbed: Path, rules: Path, tmp_path: Path) -> None:
    class All(Dies):
        word = b"number"

    with pytest.raises(CrewLostError, match="workers ended"):
        run(many, tmp_path / "out", rules, All)
    run(many, tmp_path / "out", rules, resume=True, formats=("jsonl", "csv"))
    assert bytes_of(tmp_path / "out") == bytes_of(undisturbed)


class Client:
    """A scheduler of Dask that lives, and has lost its workers."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.threads = {"a worker": 2}

    def nthreads(self) -> dict[str, int]:
        return self.threads

    def wait_for_workers(self, *given: Any, **more: Any) -> None: ...

    def close(self, **more: Any) -> None: ...

    def submit(self, *given: Any, **more: Any) -> Any:
        self.threads = {}
        return SimpleNamespace(add_done_callback=lambda call: None)


def test_a_cluster_without_workers_is_given_up(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler lives and nobody works: the run ends after a bounded wait, and can go on later."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(distributed, "Client", Client)
    monkeypatch.setattr("coach.audit.run.LOOK_SECONDS", 0.01)
    now = iter(range(0, 100_000, 7))
    monkeypatch.setattr("coach.audit.cluster.time", SimpleNamespace(monotonic=lambda: float(next(now))))
    file = written(tmp_path / "talks.jsonl", talk(0))
    with pytest.raises(CrewLostError, match="the scheduler at tcp://x has had no worker for 60 seconds"):
        run(file, tmp_path / "out", rules, lambda: Cluster("tcp://x"))
    assert run(file, tmp_path / "out", rules, resume=True).conversations == 1


def _exit(piece: bytes) -> bytes:
    if piece == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.upper()


def test_a_dead_process_is_told_and_started_anew() -> None:
    with Processes(2) as crew:
        asked = [crew.submit(_exit, piece) for piece in (b"die", b"a")]
        with pytest.raises(WorkerDiedError):
            asked[0].result(60)
        assert asked[1].result(60) == b"A"
        assert [crew.submit(_exit, b"b").result(60) for _ in range(3)] == [b"B"] * 3


class Stops(Alone):
    """A crew that is taken away after some chunks, in the way a kill takes it away."""

    def __init__(self, chunks: int = 3) -> None:
        self.left = chunks

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().submit(work, piece)


def test_resume(many: Path, undisturbed: Path, rules: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(many, out, rules, Stops, resume=True)
    done = parts(out)
    assert 2 <= done <= 6 and not list(out.glob("*.parquet"))
    damaged = out / WORK / "00000001.part"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    run(many, out, rules, resume=True, formats=("jsonl", "csv"))
    assert bytes_of(out) == bytes_of(undisturbed)
    assert run(many, out, rules, resume=True).values() == run(many, tmp_path / "again", rules).values(), "a finished audit is only told"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "holds an unfinished audit: --resume"),
        ({"resume": True, "text": True}, "options text: False, now True; --force"),
        ({"resume": True, "force": True}, "one of them"),
    ],
)
def test_what_may_not_be_resumed(many: Path, rules: Path, tmp_path: Path, more: dict[str, Any], message: str) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(many, out, rules, Stops)
    before = parts(out)
    with pytest.raises(InputError, match=message):
        run(many, out, rules, **more)
    assert parts(out) == before > 0


def test_changed_input_is_not_resumed(rules: Path, tmp_path: Path) -> None:
    file, out = written(tmp_path / "talks.jsonl", *map(talk, range(100))), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(file, out, rules, lambda: Stops(1))
    written(file, *map(talk, range(1, 101)))
    with pytest.raises(InputError, match="begun with other content of"):
        run(file, out, rules, resume=True)
    written(file, *map(talk, range(100)))
    other = small_rules(tmp_path)
    rule = other / "en" / "rules" / "fault.yml"
    rule.write_text(rule.read_text().replace("Because", "Why not"))
    with pytest.raises(InputError, match="begun with rules"):
        run(file, out, other, resume=True)
    assert run(file, out, rules, force=True).conversations == 100


def test_a_run_in_work_is_left_alone(many: Path, rules: Path, tmp_path: Path) -> None:
    class Second(Alone):
        def size(self) -> int:
            with pytest.raises(InputError, match="another audit"):
                run(many, tmp_path / "out", rules, resume=True)
            return 1

    run(many, tmp_path / "out", rules, Second)


def test_a_folder_with_something_in_it_needs_force(tmp_path: Path, rules: Path) -> None:
    file, out = written(tmp_path / "talks.jsonl", talk(0)), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    for resume in (False, True):
        with pytest.raises(InputError, match="is not empty; --force"):
            run(file, out, rules, resume=resume)
    run(file, out, rules, force=True, formats=("csv",))
    run(file, out, rules, force=True)
    assert (out / "mine.txt").read_text() == "keep" and not list(out.glob("*.csv"))
    with pytest.raises(InputError, match="is not a directory"):
        run(file, file, rules)


def test_what_cannot_be_read_replaces_and_begins_nothing(tmp_path: Path, rules: Path) -> None:
    out, file = tmp_path / "out", written(tmp_path / "talks.jsonl", talk(0))
    run(file, out, rules)
    before = bytes_of(out)
    unknown = written(tmp_path / "unknown.json", {"what": "is this"})
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("conversation,role,text\n,,,\n")
    (tmp_path / "tables" / "b.csv").write_text("conversation,role\n1,agent\n")
    cases: tuple[tuple[Path, dict[str, Any], str], ...] = (
        (unknown, {}, "format cannot be told"),
        (file, {"form": "zendsk"}, "--from zendsk: no such format; there are auto, jsonl, csv, .*zendesk"),
        (tmp_path / "tables", {}, "has no column for text"),
        (written(tmp_path / "box.mbox", "From x"), {}, "--own"),
    )
    for source, more, message in cases:
        with pytest.raises(InputError, match=message):
            run(source, out, rules, force=True, **more)
        assert bytes_of(out) == before
        with pytest.raises(InputError, match=message):
            run(source, tmp_path / "new", rules, **more)
        assert not (tmp_path / "new").exists()


def test_strict_stops_at_the_first_reject(tmp_path: Path, rules: Path) -> None:
    file = written(tmp_path / "talks.jsonl", talk(0), "{", talk(1))
    with pytest.raises(StrictError, match=r"talks\.jsonl, line 2: not JSON"):
        run(file, tmp_path / "out", rules, strict=True)


def test_killed_and_resumed(many: Path, undisturbed: Path, rules: Path, tmp_path: Path) -> None:
    """A real kill of a real run; its workers end with it."""
    out = tmp_path / "out"
    arguments = (
        many,
        "--out",
        out,
        "--rules",
        rules,
        "--rules-only",
        "--resume",
        "--processes",
        "2",
        "--format",
        "jsonl",
        "--format",
        "csv",
    )
    program = started(*arguments)
    try:
        until(lambda: parts(out) >= 2, "two parts")
    finally:
        program.kill()
        program.wait()
    before = parts(out)
    assert 2 <= before < CHUNKS
    finished = started(*arguments)
    assert finished.wait(300) == 0, finished.stderr and finished.stderr.read()
    found, expected = bytes_of(out), bytes_of(undisturbed)
    for name in ("run.json", "summary.json"):  # the version stands in it
        assert (
            json.loads(found.pop(name))["findings" if name[0] == "s" else "totals"]
            == json.loads(expected.pop(name))["findings" if name[0] == "s" else "totals"]
        )
    assert found == expected


@pytest.fixture
def coach() -> Callable[..., Any]:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, ["audit", *map(str, arguments)], catch_exceptions=False)


def test_command(tmp_path: Path, rules: Path, coach: Callable[..., Any]) -> None:
    file = written(tmp_path / "talks.jsonl", talk(0), "{")
    given = (file, "--rules", rules, "--rules-only", "--processes", "1")
    result = coach(*given, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "report.html").is_file() and f"report: {tmp_path / 'out' / 'report.html'}" in result.stdout
    assert "1 conversations, 4 turns, 2 replies reviewed" in result.stdout and "1 records rejected" in result.stdout and result.stderr == ""
    assert coach(*given, "--out", tmp_path / "bare", "--no-report").exit_code == 0 and not (tmp_path / "bare" / "report.html").exists()
    assert coach(*given, "--out", tmp_path / "late", "--zone", "Mars/Olympus").exit_code == 2 and not (tmp_path / "late").exists()
    strict = coach(*given, "--out", tmp_path / "strict", "--strict")
    assert strict.exit_code == 1 and "line 2" in strict.stderr
    again = coach(*given, "--out", tmp_path / "out")
    assert again.exit_code == 2 and "--force" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.jsonl",), "no such file"),
        (("{file}", "--column", "x"), "NAME=VALUE"),
        (("{file}", "--from", "zendsk"), "--from zendsk: no such format"),
        (("{file}", "--processes", "2", "--scheduler", "tcp://127.0.0.1:1"), "one of them"),
    ],
)
def test_misuse(tmp_path: Path, coach: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    file = written(tmp_path / "talks.jsonl", talk(0))
    result = coach(*(each.format(file=file) for each in arguments), "--out", tmp_path / "out")
    assert result.exit_code == 2 and message in result.stderr
    assert not (tmp_path / "out").exists()
