"""The one object that holds a key under test: it shows nothing, cannot be copied or stored, and forgets.

A key lives from pressing Test until the last step, at most `LIFETIME` seconds. Every text that leaves the
probe passes `Secret.scrub`, which replaces the key in every spelling that an answer could echo it in.
"""

import time
from typing import Final, NoReturn

from core.redaction import scrub_known

LIFETIME: Final = 120.0
"""Seconds after which a key is forgotten whatever happens."""


class KeyForgottenError(Exception):
    """The key under test was already forgotten: its time was up, or the test had ended."""


class Secret:
    """Some secret texts (a key, a custom header's value) that are used for one test."""

    __slots__ = ("_forget_at", "_texts")

    def __init__(self, *texts: str, lifetime: float = LIFETIME) -> None:
        self._texts: tuple[str, ...] | None = texts
        self._forget_at = time.monotonic() + min(lifetime, LIFETIME)

    def reveal(self, index: int = 0) -> str:
        """Return one of the texts; raises `KeyForgottenError` once they are forgotten."""
        if time.monotonic() >= self._forget_at:
            self.forget()
        if self._texts is None:
            raise KeyForgottenError("the key was forgotten; enter it again for another test")
        return self._texts[index]

    def scrub(self, text: str) -> str:
        """Return `text` without the secret texts in any spelling; fails closed once they are forgotten."""
        if self._texts is None:
            return ""
        return scrub_known(text, [each for each in self._texts if each])

    def forget(self) -> None:
        """Drop the texts; from here on `reveal` raises."""
        self._texts = None

    def __repr__(self) -> str:
        return f"Secret({'forgotten' if self._texts is None else 'hidden'})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key under test is never copied or stored")

    def __copy__(self) -> NoReturn:
        raise TypeError("a key under test is never copied or stored")

    def __deepcopy__(self, _: object) -> NoReturn:
        raise TypeError("a key under test is never copied or stored")
