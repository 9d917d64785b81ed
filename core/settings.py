"""Every setting of a deployment: one typed, frozen object read once from ``RECONNECT_*`` environment variables.

The README's table is rendered from the same declarations (`settings_table`), so it cannot drift. A value that cannot
be used, or a name that is no setting, stops the start with one plain sentence (`SettingsError`).
"""

import difflib
import ipaddress
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from platformdirs import user_data_path

from core.claude.target import parse_allowed

PREFIX: Final = "RECONNECT_"

MAX_PASTE_CHARS: Final = 200_000
"""Most characters the paste box and the API take as text; every rerun of a page sends the box again."""

MAX_UPLOAD_MB: Final = 150
"""Largest file, in megabytes; ``server.maxUploadSize`` in ``.streamlit/config.toml`` says the same."""

IN_PROCESS_BYTES: Final = 1_000_000
"""Up to this size a paste is read where it arrives; larger ones go to a worker process."""

_MIN_SECRET_CHARS: Final = 16
_MAX_CONTACT_CHARS: Final = 200


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that names the variable and what it may hold."""


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _database_url(value: str) -> str:
    if value.startswith("postgresql://"):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)  # the driver that Reconnect installs
    if not value.startswith(("sqlite://", "postgresql+psycopg://")):
        raise ValueError("an address that starts with sqlite:// or postgresql://")
    return value


def _web_address(value: str) -> str:
    wanted = "a web address such as https://help.example.com"
    try:
        parts = urlsplit(value)
        port = parts.port  # only reading it tells that it is none
    except ValueError:
        raise ValueError(wanted) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise ValueError(wanted)
    return value.rstrip("/")


def _proxy(value: str) -> str:
    from core.claude.route import parse_proxy  # here, since TLS takes long to import and few commands need it

    try:
        parse_proxy(value)
    except ValueError:
        raise ValueError("a proxy address such as http://proxy.example.com:3128") from None
    return value


def _authorities(value: str) -> Path:
    """Load the file now, so that one that is missing or broken stops the start and not the first test."""
    from core.claude.route import trust

    path = _path(value)
    try:
        trust(str(path))
    except OSError:
        raise ValueError("a file with certificates (PEM) that this program can read") from None
    return path


def _contact(value: str) -> str:
    if len(value) > _MAX_CONTACT_CHARS or not value.isprintable():
        raise ValueError(f"a link, an e-mail address or a name of at most {_MAX_CONTACT_CHARS} characters")
    return value


def _secret(value: str) -> str:
    if len(value) < _MIN_SECRET_CHARS:
        raise ValueError(f"at least {_MIN_SECRET_CHARS} characters")
    return value


def _targets(value: str) -> tuple[str, ...]:
    targets = tuple(target.strip().lower() for target in value.split(",") if target.strip())
    try:
        for target in targets:
            parse_allowed(target)
    except ValueError:
        raise ValueError(
            "addresses with the network they lie in, such as https://gateway.internal:4000=10.20.0.0/16, "
            "with commas between them"
        ) from None
    return targets


def _networks(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(network.strip())) for network in value.split(",") if network.strip())
    except ValueError:
        raise ValueError("networks such as 198.20.0.0/16, with commas between them") from None


def _log_level(value: str) -> str:
    level = value.upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("DEBUG, INFO, WARNING or ERROR")
    return level


def _setting(read: Callable[[str], Any], doc: str, *, shown: str, default: Any = None, private: bool = False) -> Any:
    """Declare one setting: how its text is read, its sentence in the README, and its default there."""
    return field(default=default, repr=not private, metadata={"read": read, "doc": doc, "shown": shown})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment can choose; each field is the environment variable ``RECONNECT_<NAME>``."""

    data_dir: Path = _setting(  # noqa: RUF009 - the default is a path, which nothing can change
        _path,
        "Folder for the SQLite database and for the secret that is made at the first start.",
        default=user_data_path("reconnect"),
        shown="the user's data folder",
    )
    database_url: str | None = _setting(
        _database_url,
        "Where cases and notebooks are kept; several replicas need `postgresql://…`.",
        shown="`reconnect.db` in the data folder",
        private=True,
    )
    base_url: str | None = _setting(
        _web_address,
        "The portal's public address; shared links start with it.",
        shown="the address in the reader's browser",
    )
    support_contact: str | None = _setting(
        _contact,
        "A link, an e-mail address or a name, shown in the footer and where a person gets stuck.",
        shown="none",
    )
    secret: str | None = _setting(
        _secret,
        "Keys the fingerprints of stored results; all replicas need the same one, of at least 16 characters.",
        shown="made once in the data folder",
        private=True,
    )
    intake_token: str | None = _setting(
        _secret,
        "What an n8n error workflow must send to report failures here; without it the intake is off.",
        shown="none: the intake is off",
        private=True,
    )
    allowed_targets: tuple[str, ...] = _setting(
        _targets,
        "Gateways that a test may call although they are not public: "
        "`https://gateway.internal:4000=10.20.0.0/16` is address and network; commas between several.",
        default=(),
        shown="none: only public addresses",
    )
    blocked_networks: tuple[str, ...] = _setting(
        _networks,
        "Public networks that count as inside here, so that no test calls them; commas between several.",
        default=(),
        shown="none",
    )
    ca_file: Path | None = _setting(  # noqa: RUF009 - the default is None, which nothing can change
        _authorities,
        "File (PEM) with certificate authorities of your own that live tests trust beside Mozilla's.",
        shown="none: Mozilla's alone",
    )
    egress_proxy: str | None = _setting(
        _proxy,
        "The proxy that live tests go out through.",
        shown="none: direct",
        private=True,
    )
    log_level: str = _setting(
        _log_level,
        "How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`; secrets and pastes never are.",
        default="INFO",
        shown="`INFO`",
    )

    @property
    def database_address(self) -> str:
        """The database's address: the chosen one, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'reconnect.db'}"

    @property
    def log_threshold(self) -> int:
        """The log level as the number that `logging` uses."""
        return logging.getLevelNamesMapping()[self.log_level]


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; an empty variable counts as not set.

    Raises `SettingsError` for a value that cannot be used and for a ``RECONNECT_`` name that is no setting.
    """
    declared = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or not text.strip():
            continue
        if variable not in declared:
            raise SettingsError(_unknown(variable, list(declared)))
        try:
            values[declared[variable].name] = declared[variable].metadata["read"](text.strip())
        except ValueError as error:
            raise SettingsError(f"{variable} must be {error}.") from None
    return Settings(**values)


def _unknown(variable: str, declared: list[str]) -> str:
    near = difflib.get_close_matches(variable, declared, n=1)
    hint = f"did you mean {near[0]}?" if near else "the README lists the settings."
    return f"{variable} is not a setting of Reconnect: {hint}"


@cache
def settings() -> Settings:
    """The settings of this process, read from its environment once."""
    return load(os.environ)


def settings_table() -> str:
    """The README's table of settings, in Markdown."""
    rows = ["| Variable | Default | What it does |", "|---|---|---|"]
    rows += [
        f"| `{PREFIX}{each.name.upper()}` | {each.metadata['shown']} | {each.metadata['doc']} |"
        for each in fields(Settings)
    ]
    return "\n".join(rows) + "\n"
