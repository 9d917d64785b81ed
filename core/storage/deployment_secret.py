"""The deployment's secret: what fingerprints, derived links and counted subjects are keyed with.

It comes from the settings, where replicas must share it, or is made once in the data folder (file ``secret``, 0600).
Each use has its own key, derived from it, so that values of one use say nothing about another's.
"""

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from core.settings import Settings
from core.storage.errors import Damaged, Unavailable

FILE: Final = "secret"
_BYTES: Final = 32
_KEPT_BYTES: Final = 16  # 128 bits of each digest are kept
FINGERPRINT_CHARS: Final = 2 * _KEPT_BYTES
SHOWN_DIGITS: Final = 6


class DeploymentSecret:
    """Keyed digests under the secret of a deployment; it is read, or made, at the first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def fingerprint(self, key: str) -> str:
        """Return what tells stored keys apart: 128 bits of HMAC-SHA256 as 32 hex digits; `shown` gives the first 6.

        Raises `Unavailable` when there is no secret and none can be made.
        """
        return self._digest("fingerprint", key).hex()

    def subject(self, name: str) -> str:
        """Return a counted session, address or target as 32 hex digits, so that counters name nobody."""
        return self._digest("subject", name).hex()

    def link(self, *about: str) -> str:
        """Return an unguessable link that can be made again from what it is about, as the intake needs."""
        named = "".join(f"{len(part)}:{part}" for part in about)
        return urlsafe_b64encode(self._digest("link", named)).decode().rstrip("=")

    @property
    def salt(self) -> bytes:
        """The salt of redaction's masks in stored text."""
        return self._digest("salt", "")

    @property
    def check(self) -> str:
        """What shows that two replicas have the same secret, and nothing else about it."""
        return self._digest("check", "").hex()

    def _digest(self, purpose: str, text: str) -> bytes:
        key = hmac.digest(self._master, f"reconnect/{purpose}".encode(), "sha256")
        return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:_KEPT_BYTES]

    @cached_property
    def _master(self) -> bytes:
        if self._settings.secret:
            return self._settings.secret.encode()
        file = self._settings.data_dir / FILE
        try:
            return _read(file) if file.exists() else _make(file)
        except OSError:
            raise Unavailable(
                "The portal's secret cannot be read or made in the data folder. Set RECONNECT_SECRET, or let the "
                "portal write to its data folder."
            ) from None


def shown(fingerprint: str) -> str:
    """Return the six digits of a fingerprint that people see."""
    return fingerprint[:SHOWN_DIGITS]


def _read(file: Path) -> bytes:
    text = file.read_text("ascii", "replace").strip()
    if len(text) < _BYTES:
        raise Damaged("The file with the portal's secret is empty or cut off. Restore it from a backup.")
    return text.encode()


def _make(file: Path) -> bytes:
    """Make the file whole or not at all; of processes that start together, one wins and all read the same."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{FILE}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
            stream.write(secrets.token_hex(_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return _read(file)
