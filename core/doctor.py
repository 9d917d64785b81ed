"""The portal's own health: settings, catalogue, redaction, database, live tests, resolver, clock.

A broken check does not stop the others.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from core import storage
from core.causes import loader
from core.models import catalogue
from core.net.addresses import ANTHROPIC, LOOKUP_SECONDS, LookupFailed, look_up
from core.net.base_url import ANTHROPIC_HOST
from core.net.route import trust
from core.probe.policy import from_settings
from core.redaction import RedactionFailed, redact
from core.setting_values import why_guessable
from core.settings import Settings, SettingsError, load

_FOR_COOKIES: Final = "STREAMLIT_SERVER_COOKIE_SECRET"
_SHARED: Final = ("RECONNECT_SECRET", _FOR_COOKIES)
"""What every replica must have the same: the key of fingerprints, and what protects uploads."""


class Check(msgspec.Struct, frozen=True):
    """One thing that was checked: whether it works, and one sentence about it."""

    name: str
    passed: bool
    sentence: str


def examine(environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks in order; a check that raises is a failed check."""
    try:
        settings = load(environ)
    except SettingsError as error:
        yield Check("settings", passed=False, sentence=str(error))
        settings = Settings()
    else:
        yield Check("settings", passed=True, sentence="every setting can be used")
    for name, check in (
        ("causes", _causes),
        ("models", _models),
        ("redaction", _redaction),
        ("database", lambda: _database(settings)),
        ("replicas", lambda: _replicas(settings, environ)),
        ("data folder", lambda: _data_folder(settings)),
        ("live tests", lambda: _live_tests(settings)),
        ("name lookup", lambda: _resolver(settings)),
        ("clock", _clock),
    ):
        yield _guarded(name, check)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:
        # the doctor must survive whatever is broken
        return Check(name, passed=False, sentence=f"could not be checked ({type(error).__name__})")


def _causes() -> Check:
    try:
        cards = loader.load()
    except loader.CardError as error:
        return Check("causes", passed=False, sentence=str(error))
    newest = max(card.verified for card in cards.values())
    return Check("causes", passed=True, sentence=f"{len(cards)} causes, facts as of {newest.isoformat()}")


def _models() -> Check:
    models = list(catalogue.load())
    return Check("models", passed=bool(models), sentence=f"{len(models)} models in the catalogue")


def _redaction() -> Check:
    """Check that redaction leaves nothing of a key that is made at run time."""
    planted = "sk-ant-" + "api03-" + secrets.token_urlsafe(70)
    try:
        redacted_text = redact(f'{{"x-api-key": "{planted}", "note": "curl -H x-api-key:{planted}"}}').text
    except RedactionFailed:
        return Check(
            "redaction", passed=False, sentence="redaction fails on an ordinary text; nothing can be diagnosed"
        )
    passed = planted[13:30] not in redacted_text and planted[-20:] not in redacted_text
    return Check(
        "redaction", passed=passed, sentence="a planted key was hidden" if passed else "a planted key was NOT hidden"
    )


def _database(settings: Settings) -> Check:
    state, sentence = storage.health(settings)
    return Check("database", passed=state is storage.DatabaseState.REACHABLE, sentence=sentence)


def _replicas(settings: Settings, environ: Mapping[str, str]) -> Check:
    """Check what replicas must share, if the database is Postgres: a missing setting shows only later, as faults."""
    if not settings.database_url or not settings.database_url.startswith("postgresql"):
        return Check("replicas", passed=True, sentence="SQLite, so one process; several replicas need Postgres")
    missing = [name for name in _SHARED if not environ.get(name, "").strip()]
    if missing:
        return Check(
            "replicas", passed=False, sentence=f"set {' and '.join(missing)}, to the same value on every replica"
        )
    reason = why_guessable(environ[_FOR_COOKIES].strip())
    if reason:
        return Check("replicas", passed=False, sentence=f"{_FOR_COOKIES} must be another secret: {reason}")
    return Check("replicas", passed=True, sentence="Postgres, the secret and the cookie secret are set")


def _data_folder(settings: Settings) -> Check:
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".doctor-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check("data folder", passed=False, sentence=f"cannot be written: {(error.strerror or '').lower()}")
    return Check("data folder", passed=True, sentence="can be written")


def _live_tests(settings: Settings) -> Check:
    """Check the settings of every live test by building them, so that none fails first with a visitor's key."""
    surroundings = from_settings(settings)
    trust(surroundings.ca_file)
    route = "directly" if surroundings.proxy is None else f"through {surroundings.proxy.host}:{surroundings.proxy.port}"
    authorities = "Mozilla's authorities" if surroundings.ca_file is None else "Mozilla's and your own authorities"
    return Check("live tests", passed=True, sentence=f"go out {route} and trust {authorities}")


def _resolver(settings: Settings) -> Check:
    """Check the lookup that live tests need; it may fail on a portal without internet, where diagnosis still works."""
    proxy = from_settings(settings).proxy
    host, port = (ANTHROPIC_HOST, 443) if proxy is None else (proxy.host, proxy.port)
    try:
        look_up(host, port, LOOKUP_SECONDS, lane=ANTHROPIC)
    except LookupFailed as failed:
        sentence = f"{failed.sentence.rstrip('.')}; live tests cannot reach Anthropic, diagnosis works"
        return Check("name lookup", passed=True, sentence=sentence)
    return Check("name lookup", passed=True, sentence=f"{host} resolves")


def _clock() -> Check:
    """Check that the clock is not before the newest facts, since the state of models depends on it."""
    newest = max(card.verified for card in loader.load().values())
    now = dt.datetime.now(dt.UTC)
    passed = now.date() >= newest
    sentence = f"{now:%Y-%m-%d %H:%M} UTC" + ("" if passed else f", which is before the facts of {newest.isoformat()}")
    return Check("clock", passed=passed, sentence=sentence)
