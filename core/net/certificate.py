"""What a server's certificate says: who issued it, for whom, and until when.

Python keeps nothing of a certificate that it refused, which is when a person needs to see the issuer: "issued by
Zscaler" is TLS inspection, "issued by the host itself" a self-signed gateway. The few fields that are shown are read
from the certificate's DER bytes (X.509, RFC 5280), and nothing in them is trusted.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

import msgspec

_SET: Final = 0x31
_OID: Final = 0x06
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_VERSION: Final = 0xA0
_BMP_STRING: Final = 0x1E
_NAMES: Final = {b"\x55\x04\x03": "common name", b"\x55\x04\x0a": "organization"}
_SHOWN_CHARACTERS: Final = 100


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """The readable part of a certificate; names are an organization or a common name, times are UTC."""

    issuer: str
    subject: str
    not_before: dt.datetime | None
    not_after: dt.datetime | None

    @property
    def self_signed(self) -> bool:
        """Whether issuer and subject are the same."""
        return self.issuer == self.subject


def read_certificate(der: bytes) -> Certificate | None:
    """Return what a DER certificate says, or None if it cannot be read; never raises."""
    try:
        return _read(der)
    except (ValueError, IndexError, OverflowError, StopIteration):
        return None


def _read(der: bytes) -> Certificate:
    _, outer = next(_items(der))
    _, inner = next(_items(outer))
    fields = [item for item in _items(inner) if item[0] != _VERSION]
    # serial number, signature algorithm, issuer, validity, subject, ...
    issuer, validity, subject = (fields[index][1] for index in (2, 3, 4))
    before, after = (_time(tag, value) for tag, value in list(_items(validity))[:2])
    return Certificate(issuer=_name(issuer), subject=_name(subject), not_before=before, not_after=after)


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and value of each element; raises `ValueError` where a length runs over the end."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise ValueError("a length of more than 4 GB")
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError("a value that runs over the end")
        yield tag, data[at : at + length]
        at += length


def _name(data: bytes) -> str:
    """Return the common name and the organization, as far as the name has them."""
    names: dict[str, str] = {}
    for tag, relative in _items(data):
        for _, attribute in _items(relative) if tag == _SET else ():
            (oid_tag, oid), (text_tag, value) = list(_items(attribute))[:2]
            if oid_tag == _OID and oid in _NAMES:
                encoding = "utf-16-be" if text_tag == _BMP_STRING else "utf-8"
                names.setdefault(_NAMES[oid], value.decode(encoding, "replace"))
    parts = [names[key] for key in ("common name", "organization") if key in names]
    shown = " (".join(dict.fromkeys(parts)) + (")" if len(set(parts)) > 1 else "")
    return "".join(letter if letter.isprintable() else " " for letter in shown)[:_SHOWN_CHARACTERS] or "nobody named"


def _time(tag: int, value: bytes) -> dt.datetime | None:
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        # two-digit years: 50 and above are in the last century (RFC 5280, 4.1.2.5.1)
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME:
        return None
    return dt.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=dt.UTC)
