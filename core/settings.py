"""Every setting of a deployment: one typed, frozen object read once from ``RECONNECT_*`` environment variables.

The README's table is rendered from the same declarations (`settings_table`), so it cannot drift. A value that cannot
do what its setting says (`core.setting_values`), or a name that is no setting, stops the start with one plain sentence
(`SettingsError`): the variable, what was read unless it is private, why not, and what to write.
"""

import difflib
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_path

from core import setting_values
from core.setting_values import Unusable

PREFIX: Final = "RECONNECT_"

_SHOWN_CHARS: Final = 120
_MOST_TESTS: Final = 100_000
_MOST_DAYS: Final = 3_650


class SettingsError(Exception):
    """A setting cannot be used; the message is one sentence that names the variable and what it may hold."""


def _setting(read: Callable[[str], Any], doc: str, *, shown: str, default: Any = None, private: bool = False) -> Any:
    """Declare one setting: how its text is read, its sentence in the README, and its default there."""
    return field(default=default, repr=not private, metadata={"read": read, "doc": doc, "shown": shown})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment can choose; each field is the environment variable ``RECONNECT_<NAME>``."""

    data_dir: Path = _setting(  # noqa: RUF009 - the default is a path, which nothing can change
        setting_values.folder,
        "Folder for the SQLite database and for the secret that is made at the first start.",
        default=user_data_path("reconnect"),
        shown="the user's data folder",
    )
    database_url: str | None = _setting(
        setting_values.database_url,
        "Where cases and notebooks are kept; several replicas need `postgresql://…`.",
        shown="`reconnect.db` in the data folder",
        private=True,
    )
    base_url: str | None = _setting(
        setting_values.web_address,
        "The portal's public address; shared links start with it.",
        shown="the address in the reader's browser",
    )
    support_contact: str | None = _setting(
        setting_values.contact,
        "A link, an e-mail address or a name, shown in the footer and where a person gets stuck.",
        shown="none",
    )
    secret: str | None = _setting(
        setting_values.secret,
        "Keys the fingerprints of stored results; all replicas need the same one, of at least 16 characters.",
        shown="made once in the data folder",
        private=True,
    )
    intake_token: str | None = _setting(
        setting_values.token,
        "What an n8n error workflow must send to report failures here; without it the intake is off.",
        shown="none: the intake is off",
        private=True,
    )
    allowed_targets: tuple[str, ...] = _setting(
        setting_values.targets,
        "Gateways that a test may call although they are not public: "
        "`https://gateway.internal:4000=10.20.0.0/16` is address and network, at most a /8; a host listed here is "
        "called inside its network alone, and behind a proxy by its name; commas between several.",
        default=(),
        shown="none: only public addresses",
    )
    blocked_networks: tuple[str, ...] = _setting(
        setting_values.networks,
        "Public networks that count as inside here, so that no test calls them, but for a gateway that "
        "`RECONNECT_ALLOWED_TARGETS` lists with a smaller network in one; commas between several.",
        default=(),
        shown="none",
    )
    ca_file: Path | None = _setting(  # noqa: RUF009 - the default is None, which nothing can change
        setting_values.certificates,
        "File (PEM) with certificate authorities of your own that live tests trust beside Mozilla's.",
        shown="none: Mozilla's alone",
    )
    egress_proxy: str | None = _setting(
        setting_values.proxy,
        "The proxy that live tests go out through.",
        shown="none: direct",
        private=True,
    )
    tests_per_session: int = _setting(
        setting_values.whole_number(_MOST_TESTS),
        "How many live tests one visit may make in an hour.",
        default=30,
        shown="`30`",
    )
    tests_per_address: int = _setting(
        setting_values.whole_number(_MOST_TESTS),
        "How many live tests may come from one address in an hour; behind a company's proxy all people share one.",
        default=120,
        shown="`120`",
    )
    tests_per_target: int = _setting(
        setting_values.whole_number(_MOST_TESTS),
        "How many live tests may go to one host other than Anthropic's in an hour.",
        default=60,
        shown="`60`",
    )
    tests_in_all: int = _setting(
        setting_values.whole_number(_MOST_TESTS),
        "How many live tests the whole portal may make in an hour.",
        default=600,
        shown="`600`",
    )
    notebook_days: int = _setting(
        setting_values.whole_number(_MOST_DAYS),
        "After how many days a notebook is deleted that nobody used; a smaller number deletes at the next sweep.",
        default=180,
        shown="`180`",
    )
    log_level: str = _setting(
        setting_values.log_level,
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

    Raises `SettingsError` for a value that cannot be used, for two that contradict each other, and for a
    ``RECONNECT_`` name that is no setting.
    """
    declared = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or not text.strip():
            continue
        if variable not in declared:
            raise SettingsError(_unknown(variable, list(declared)))
        try:
            setting_values.refuse_leftovers(text.strip())
            values[declared[variable].name] = declared[variable].metadata["read"](text.strip())
        except Unusable as problem:
            shown = None if not declared[variable].repr else problem.part or text.strip()
            raise SettingsError(_sentence(variable, problem, shown)) from None
    chosen = Settings(**values)
    _check_together(chosen)
    return chosen


def _check_together(chosen: Settings) -> None:
    if chosen.secret is not None and chosen.secret == chosen.intake_token:
        problem = Unusable("it is the same as RECONNECT_SECRET, which n8n must not know", "another secret")
        raise SettingsError(_sentence("RECONNECT_INTAKE_TOKEN", problem, None))
    try:
        setting_values.refuse_contradiction(chosen.allowed_targets, chosen.blocked_networks)
    except Unusable as problem:
        raise SettingsError(_sentence("RECONNECT_BLOCKED_NETWORKS", problem, problem.part)) from None


def _sentence(variable: str, problem: Unusable, shown: str | None) -> str:
    """Return what to write, what was read, and why it cannot be used; `shown` is None for a private value."""
    read = "" if shown is None else f", not “{_readable(shown)}”"
    return f"{variable} must be {problem.write}{read}: {problem.reason}."


def _readable(text: str) -> str:
    """Return a value as it may be printed: without secrets, on one line, and cut."""
    # Imported here, since a good start needs none of it.
    from core.redaction import RedactionFailed, redact

    try:
        plain = redact(text).text
    except RedactionFailed:
        return "…"
    plain = "".join(letter if letter.isprintable() else "?" for letter in plain)
    return plain if len(plain) <= _SHOWN_CHARS else plain[:_SHOWN_CHARS] + "…"


def _unknown(variable: str, declared: list[str]) -> str:
    near = difflib.get_close_matches(variable, declared, n=1)
    hint = f"did you mean {near[0]}?" if near else "the README lists the settings."
    return f"{variable} is not a setting of Reconnect: {hint}"


@cache
def settings() -> Settings:
    """Return the settings of this process, read from its environment once."""
    return load(os.environ)


def settings_table() -> str:
    """Return the README's table of settings, in Markdown."""
    rows = ["| Variable | Default | What it does |", "|---|---|---|"]
    rows += [
        f"| `{PREFIX}{each.name.upper()}` | {each.metadata['shown']} | {each.metadata['doc']} |"
        for each in fields(Settings)
    ]
    return "\n".join(rows) + "\n"
