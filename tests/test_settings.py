"""Settings: where they come from, and what is said when they are wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.protocol import Limits
from coach.settings import Settings, SettingsError, config_file, load_settings

KEY = "0123456789abcdef"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith("COACH_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_safe() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.origins, settings.keys) == ("127.0.0.1", 8765, (), ())
    assert settings.limits == Limits(), "the limits of the protocol and of the settings are the same"


def test_arguments_win_over_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("coach.toml").write_text('port = 1\nturns = 5\nlog_level = "error"\norigins = ["https://a.example"]\n')
    monkeypatch.setenv("COACH_PORT", "2")
    monkeypatch.setenv("COACH_TURNS", "6")
    settings = load_settings(port=3, host=None)
    assert (settings.port, settings.turns, settings.log_level, settings.host) == (3, 6, "error", "127.0.0.1")
    assert settings.origins == ("https://a.example",)
    assert settings.limits.turns == 6


SECRET = "sixteen-characters"
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_records_are_off_and_need_a_secret_when_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().stores_records
    for url in ("on", "sqlite:////var/lib/x.db", "postgresql+psycopg://u@h/x"):
        with pytest.raises(SettingsError, match="records_secret"):
            load_settings(records=url)
    monkeypatch.setenv("COACH_RECORDS_SECRET", SECRET)
    settings = load_settings(records="on")
    assert settings.stores_records and settings.records_days == 365 and SECRET not in repr(settings)
    with pytest.raises(SettingsError, match="only sqlite and postgresql"):
        load_settings(records="mysql://u:hunter2@h/x")
    monkeypatch.setenv("COACH_RECORDS_SECRET", "short")
    with pytest.raises(SettingsError, match="records_secret") as told:
        load_settings(records="on")
    assert "short" not in str(told.value)


@pytest.mark.parametrize("url", ["ftp://x/y", "https://", "http://metadata.internal/hook", "nonsense", "file:///etc/passwd"])
def test_webhooks_go_to_safe_addresses_only(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("COACH_RECORDS_WEBHOOK_SECRET", SIGNING)
    assert load_settings(records_webhook="https://x.example/hook").records_webhook == "https://x.example/hook"
    assert load_settings(records_webhook="http://localhost:9/hook").records_webhook
    with pytest.raises(SettingsError, match="records_webhook"):
        load_settings(records_webhook=url)


def test_webhooks_are_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in (None, "c2hvcnQ=", "not base64!"):
        if secret is not None:
            monkeypatch.setenv("COACH_RECORDS_WEBHOOK_SECRET", secret)
        with pytest.raises(SettingsError, match="records_webhook_secret"):
            load_settings(records_webhook="https://x.example/hook")


def test_the_file_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("port = 7\n")
    Path("coach.toml").write_text("port = 1\n")
    monkeypatch.setenv("COACH_CONFIG", str(other))
    assert config_file() == other
    assert load_settings().port == 7
    monkeypatch.setenv("COACH_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(SettingsError, match=r"COACH_CONFIG: no file .*gone\.toml"):
        load_settings()


def test_lists_in_the_environment_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_ORIGINS", " https://Help.Example.com/ , chrome-extension://abc,")
    monkeypatch.setenv("COACH_KEYS", f"{KEY},{KEY}x")
    settings = load_settings()
    assert settings.origins == ("https://help.example.com", "chrome-extension://abc")
    assert [key.get_secret_value() for key in settings.keys] == [KEY, f"{KEY}x"]
    assert KEY not in repr(settings) and KEY not in str(settings.model_dump())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("COACH_PORT", "abc", "COACH_PORT: "),
        ("COACH_PORT", "70000", "COACH_PORT: .*65535"),
        ("COACH_HOST", "", "COACH_HOST: "),
        ("COACH_ORIGINS", "help.example.com", "COACH_ORIGINS: each origin is like https://"),
        ("COACH_ORIGINS", "https://a.example/path", "COACH_ORIGINS: "),
        ("COACH_KEYS", "short", "COACH_KEYS: each key has at least 16"),
        ("COACH_KEYS", f"{KEY} {KEY}", "COACH_KEYS: "),
        ("COACH_RULES", "/nowhere", "rules: no catalog.yml"),
        ("COACH_LOG_LEVEL", "loud", "COACH_LOG_LEVEL: .*'warning'"),
        ("COACH_TURNS", "0", "COACH_TURNS: "),
        ("COACH_IDLE_SECONDS", "inf", "COACH_IDLE_SECONDS: "),
        ("COACH_MESSAGES_PER_SECOND", "nan", "COACH_MESSAGES_PER_SECOND: "),
        ("COACH_METRICS", "perhaps", "COACH_METRICS: "),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says) as caught:
        load_settings()
    if name == "COACH_KEYS":
        assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("port = 'x'", "coach.toml: port: "),
        ("prot = 1", "coach.toml: prot: "),
        ("port = \n", r"coach.toml: .*line 1"),
        ("[limits]\nturns = 1", "coach.toml: limits: "),
        ("keys = 5", "coach.toml: keys: "),
    ],
)
def test_what_is_wrong_in_the_file_is_named(text: str, says: str) -> None:
    Path("coach.toml").write_text(text)
    with pytest.raises(SettingsError, match=says):
        load_settings()


def test_a_file_that_is_no_text_is_named() -> None:
    Path("coach.toml").write_bytes(b"port = \xff")
    with pytest.raises(SettingsError, match=r"coach.toml"):
        load_settings()


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_PORT", "abc")
    with pytest.raises(SettingsError) as caught:
        load_settings(turns=-1)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["COACH_PORT", "turns"]


def test_no_error_quotes_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_KEYS", "tooshort")
    with pytest.raises(ValueError) as caught:
        Settings()
    assert "tooshort" not in str(caught.value)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_nothing_is_read_on_import() -> None:
    broken = {**os.environ, "COACH_PORT": "abc", "COACH_CONFIG": "/nowhere", "PYTHONPATH": str(Path(__file__).parent.parent)}
    subprocess.run([sys.executable, "-c", "import coach.settings"], env=broken, check=True)
