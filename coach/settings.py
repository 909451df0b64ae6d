"""Settings of the service, from the environment (`COACH_PORT=9000`) and a TOML file (`coach.toml`, or the one `COACH_CONFIG` names).

The environment wins over the file. Nothing is read on import: `load_settings()` reads and checks everything.
"""

from __future__ import annotations

import base64
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from coach.classify import CARD, OFF
from coach.protocol import Limits
from coach.records.keys import SHORTEST_SECRET

PREFIX = "COACH_"
FILE = "coach.toml"
SHORTEST_KEY = 16
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#@]+")
Positive = Annotated[int, Field(ge=1)]


class SettingsError(ValueError):
    """The settings are not right; the text names each one that is not, never its secret."""


class Settings(BaseSettings):
    """All settings. Lists in the environment are separated by commas."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8765, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    origins: Annotated[tuple[str, ...], NoDecode] = Field((), description="Web origins that may connect besides our own page's; `*`: all.")
    keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field((), description="API keys; without any, no key is asked for.")
    rules: Path | None = Field(None, description="Folder of the rule packs; default: the shipped ones.")
    classifier: Path | None = Field(None, description="Folder of the classifier's weights; default: the shipped ones; `off`: none.")
    workers: int = Field(1, ge=0, le=64, description="Processes for full reviews with the classifier; 0: in the server's own process.")
    metrics: bool = Field(True, description="Serve `/metrics`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much to log; message text never is.")

    records: str = Field(
        "off", description="Where case records are stored: `off`, `on` (SQLite in the user's data folder), or a database's URL."
    )
    records_secret: SecretStr | None = Field(
        None, description="Secret of the keyed hashes that stand for customers; needed with `records`."
    )
    records_days: int = Field(365, ge=1, le=36_500, description="Days that a case record is kept.")
    records_orders: Literal["keep", "mask"] = Field("keep", description="Whether order numbers stay readable in case records.")
    records_webhook: str | None = Field(
        None, description="Address that is told of follow-ups that fell due; https, or http on this machine."
    )
    records_webhook_secret: SecretStr | None = Field(None, description="Secret that signs them: base64, 24 bytes or more.")

    message_bytes: int = Field(256 * 1024, ge=1024, le=16 * 1024**2, description="Largest message or body.")
    draft_chars: Positive = Field(20_000, description="Longest draft.")
    turn_chars: Positive = Field(20_000, description="Longest turn.")
    turns: Positive = Field(200, description="Most turns of a conversation.")
    conversation_chars: Positive = Field(200_000, description="Longest conversation, all turns together.")
    dismissals: Positive = Field(500, description="Most dismissals of a connection.")
    messages_per_second: float = Field(40.0, gt=0, allow_inf_nan=False, description="Messages a second of one connection.")
    burst: Positive = Field(120, description="Messages that one connection may send at once.")
    idle_seconds: float = Field(1800.0, gt=0, allow_inf_nan=False, description="A connection silent for so long is closed.")
    hello_seconds: float = Field(10.0, gt=0, allow_inf_nan=False, description="Time to present a key when keys are set.")
    pause_ms: int = Field(500, ge=0, le=60_000, description="Pause in typing after which the full review comes.")
    connections: Positive = Field(2000, description="Most websocket connections at a time.")

    @field_validator("origins", "keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in (part.strip() for part in value.split(",")) if part] if isinstance(value, str) else value

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        origins = tuple(origin.rstrip("/").lower() for origin in value)
        for origin in origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError("each origin is like https://help.example.com or chrome-extension://ID, or *")
        return origins

    @field_validator("keys")
    @classmethod
    def _check_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in value:
            text = key.get_secret_value()
            if len(text) < SHORTEST_KEY or not text.isascii() or not text.isprintable() or " " in text:
                raise ValueError(f"each key has at least {SHORTEST_KEY} printable ASCII characters and no blank")
        return value

    @model_validator(mode="after")
    def _check_rules(self) -> Settings:
        if self.rules is not None and not (self.rules / "catalog.yml").is_file():
            raise ValueError("rules: no catalog.yml in that folder")
        return self

    @model_validator(mode="after")
    def _check_classifier(self) -> Settings:
        if self.classifier is not None and self.classifier.name != OFF and not (self.classifier / CARD).is_file():
            raise ValueError(f"classifier: no {CARD} in that folder")
        return self

    @field_validator("records")
    @classmethod
    def _check_records(cls, value: str) -> str:
        if value in (OFF, "on"):
            return value
        try:
            from coach.records.engine import StoreError, checked_url
        except ImportError:
            raise ValueError("the libraries for case records are not installed; install reply-coach[records]") from None
        try:
            checked_url(value)
        except StoreError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("records_webhook")
    @classmethod
    def _check_webhook(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
            raise ValueError("an address like https://example.com/hook is needed (http only on this machine)")
        return value

    @model_validator(mode="after")
    def _check_secrets(self) -> Settings:
        secret, signing = self.records_secret, self.records_webhook_secret
        if self.stores_records and (secret is None or len(secret.get_secret_value()) < SHORTEST_SECRET):
            raise ValueError(f"records_secret: with records on, a secret of at least {SHORTEST_SECRET} characters is needed")
        if self.records_webhook is not None and (signing is None or not _signs(signing.get_secret_value())):
            raise ValueError("records_webhook_secret: base64 of at least 24 bytes is needed to sign with")
        return self

    @property
    def stores_records(self) -> bool:
        """Whether case records are stored."""
        return self.records != OFF

    @property
    def limits(self) -> Limits:
        """What one client may send."""
        return Limits(
            message_bytes=self.message_bytes,
            draft_chars=self.draft_chars,
            turn_chars=self.turn_chars,
            turns=self.turns,
            conversation_chars=self.conversation_chars,
            dismissals=self.dismissals,
            rate=self.messages_per_second,
            burst=self.burst,
            idle_seconds=self.idle_seconds,
            hello_seconds=self.hello_seconds,
            pause_seconds=self.pause_ms / 1000,
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        path = config_file()
        return (init_settings, env_settings, *([TomlConfigSettingsSource(settings_cls, path)] if path else []))


def _signs(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_") + "==")) >= 24
    except ValueError:
        return False


def config_file() -> Path | None:
    """The TOML file in use: the one `COACH_CONFIG` names, which must exist, or `coach.toml` where there is one."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if not named:
        return Path(FILE) if Path(FILE).is_file() else None
    if not Path(named).is_file():
        raise SettingsError(f"{PREFIX}CONFIG: no file {named}")
    return Path(named)


def load_settings(**given: Any) -> Settings:
    """Read and check the settings; `given` (of the command line) win over environment and file. Raises `SettingsError`."""
    path = config_file()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8") from None
    except ValidationError as error:
        lines = [_line(str(problem["loc"][0]) if problem["loc"] else "", problem["msg"], given, path) for problem in error.errors()]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None


def _line(name: str, message: str, given: dict[str, Any], path: Path | None) -> str:
    message = message.removeprefix("Value error, ")
    if not name:
        return message
    if given.get(name) is not None:
        return f"{name}: {message}"
    if any(variable.upper() == f"{PREFIX}{name}".upper() for variable in os.environ):
        return f"{PREFIX}{name.upper()}: {message}"
    return f"{path or FILE}: {name}: {message}"
