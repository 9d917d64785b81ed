"""The portal's own health: settings, catalogue, redaction, database, live tests, resolver, clock.

One broken check stops no other.
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
"""What every replica must have alike: what fingerprints are keyed with, and what protects uploads."""


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at, whether it is well, and one sentence about it."""

    name: str
    passed: bool
    sentence: str


def examine(environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks in order; a check that itself breaks is a failed check."""
    try:
        chosen = load(environ)
    except SettingsError as error:
        yield Check("settings", passed=False, sentence=str(error))
        chosen = Settings()
    else:
        yield Check("settings", passed=True, sentence="every setting can be used")
    for name, look in (
        ("causes", _causes),
        ("models", _models),
        ("redaction", _redaction),
        ("database", lambda: _database(chosen)),
        ("replicas", lambda: _replicas(chosen, environ)),
        ("data folder", lambda: _data_folder(chosen)),
        ("live tests", lambda: _live_tests(chosen)),
        ("name lookup", lambda: _resolver(chosen)),
        ("clock", _clock),
    ):
        yield _guarded(name, look)


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except Exception as error:  # the doctor must survive what it examines
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
    """Plant a key that is made here and now, and see that no part of it is left."""
    planted = "sk-ant-" + "api03-" + secrets.token_urlsafe(70)
    try:
        left = redact(f'{{"x-api-key": "{planted}", "note": "curl -H x-api-key:{planted}"}}').text
    except RedactionFailed:
        return Check(
            "redaction", passed=False, sentence="redaction fails on an ordinary text; nothing can be diagnosed"
        )
    passed = planted[13:30] not in left and planted[-20:] not in left
    return Check(
        "redaction", passed=passed, sentence="a planted key was hidden" if passed else "a planted key was NOT hidden"
    )


def _database(chosen: Settings) -> Check:
    state, sentence = storage.health(chosen)
    return Check("database", passed=state is storage.State.REACHABLE, sentence=sentence)


def _replicas(chosen: Settings, environ: Mapping[str, str]) -> Check:
    """A portal on Postgres may have several replicas; what they must share is easy to set and bitter to miss."""
    if not chosen.database_url or not chosen.database_url.startswith("postgresql"):
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


def _data_folder(chosen: Settings) -> Check:
    folder = chosen.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".doctor-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check("data folder", passed=False, sentence=f"cannot be written: {(error.strerror or '').lower()}")
    return Check("data folder", passed=True, sentence="can be written")


def _live_tests(chosen: Settings) -> Check:
    """Build what every test of a key goes out with, so that nothing of it breaks first under a visitor's key."""
    around = from_settings(chosen)
    trust(around.ca_file)
    way = "directly" if around.proxy is None else f"through {around.proxy.host}:{around.proxy.port}"
    trusted = "Mozilla's authorities" if around.ca_file is None else "Mozilla's and your own authorities"
    return Check("live tests", passed=True, sentence=f"go out {way} and trust {trusted}")


def _resolver(chosen: Settings) -> Check:
    """Look up what every live test looks up; it may fail on a portal without a way out, and diagnosis works there."""
    proxy = from_settings(chosen).proxy
    host, port = (ANTHROPIC_HOST, 443) if proxy is None else (proxy.host, proxy.port)
    try:
        look_up(host, port, LOOKUP_SECONDS, lane=ANTHROPIC)
    except LookupFailed as failed:
        sentence = f"{failed.sentence.rstrip('.')}; live tests cannot reach Anthropic, diagnosis works"
        return Check("name lookup", passed=True, sentence=sentence)
    return Check("name lookup", passed=True, sentence=f"{host} resolves")


def _clock() -> Check:
    """A clock before the facts' own date is wrong; model dates would be judged by it."""
    newest = max(card.verified for card in loader.load().values())
    now = dt.datetime.now(dt.UTC)
    passed = now.date() >= newest
    sentence = f"{now:%Y-%m-%d %H:%M} UTC" + ("" if passed else f", which is before the facts of {newest.isoformat()}")
    return Check("clock", passed=passed, sentence=sentence)
