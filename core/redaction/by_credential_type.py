"""Find the values of exported n8n credentials, where everything is a secret unless known otherwise.

An export is ``{"type": "httpHeaderAuth", "data": {"name": "X-Any", "value": "…"}}``, in either order; the data may be
JSON in a string, as the custom auth has it.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.not_secret import is_evident, may_be_secret
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find
from core.redaction.work_limit import limited

_TYPE: Final = (
    rb"\\*[\"']type\\*[\"']\s{0,4}:\s{0,4}\\*[\"'][A-Za-z][\w]{0,60}(?:Auth|Api|OAuth2?|Aws|Smtp|Imap|Credentials?"
    rb"|aws|smtp|imap|postgres|mySql|redis|mongoDb|ftp|sftp|ssh\w*|ldap|jwtAuth|crypto|totpApi)\\*[\"']"
)
_KIND: Final = rb"\\*[\"']kind\\*[\"']\s{0,4}:\s{0,4}\\*[\"']Secret\\*[\"']"
"""A Kubernetes secret, whose ``data`` has names of any kind and base64 values."""

_DATA: Final = rb"\\*[\"'](?:data|stringData)\\*[\"']\s{0,4}:\s{0,4}\{"
_BEFORE: Final = re2.compile(_TYPE + rb"[^{}]*$")
_AFTER: Final = re2.compile(rb"[^{}]{0,400}" + _TYPE)
_KIND_BEFORE: Final = re2.compile(_KIND + rb"[^{}]*(?:\{[^{}]*\}[^{}]*)*$")
_KIND_AFTER: Final = re2.compile(rb"[^{}]{0,400}" + _KIND)
_OBJECT: Final = re2.compile(_DATA)
_REACH: Final = 400
_FIELD: Final = re2.compile(
    rb"\\*[\"']([\w. -]{1,60})\\*[\"']\s{0,4}:\s{0,4}(\\*[\"'])((?:[^\"'\\]|\\+[^\"'\\])*)\\*[\"']"
)
_PLAIN_FIELDS: Final = frozenset(
    b"name type id host hostname url baseurl domain subdomain user username email region port scope authurl"
    b" accesstokenurl granttype clientid authentication environment database ssl path serverurl server headername"
    b" allowedhttprequestdomains alloweddomains tokentype token_type expires_in created_at updated_at"
    b" createdat updatedat apiurl endpoint project"
    b" projectid projectname organization organizationid organizationname accountname tenantid resourcename apiversion"
    b" workspace location customendpoints impersonate delegatedemail algorithm keytype protocol schema dbname".split()
)
HOLDER: Final = re2.compile(
    rb"(?:[oO][aA]uth|secrets|tokens|api_?[kK]eys|passwords|auths)\\*[\"']?\s{0,4}[:=]\s{0,4}\{"
)
"""An object whose name says that its values are secrets, whatever their own names."""

_MOST_BRACES: Final = 60
_LONGEST: Final = 8_000


def find_in_exports(data: bytes) -> Iterator[Find]:
    """Yield the values in the data of exported credentials."""
    if b"data" not in data and b"stringData" not in data:
        return
    done = 0
    for match in limited(_OBJECT.finditer(data), len(data)):
        if match.start() < done:
            continue
        end = _closing(data, match.end())
        before = data[max(0, match.start() - _REACH) : match.start()]
        if _BEFORE.search(before) or _AFTER.match(data, end):
            done = end
            yield from _in_object(data, match.end(), end, all_secret=False)
        elif _KIND_BEFORE.search(before) or _KIND_AFTER.match(data, end):
            done = end
            yield from _in_object(data, match.end(), end, all_secret=True)


def find_in_holders(data: bytes) -> Iterator[Find]:
    """Yield the values of objects that are named after the secrets in them."""
    for match in limited(HOLDER.finditer(data), len(data)):
        yield from _in_object(data, match.end(), _closing(data, match.end()), all_secret=False)


def _closing(data: bytes, at: int) -> int:
    """Return where the object that is open at this offset ends; braces in strings count too."""
    depth, limit, braces = 1, min(len(data), at + _LONGEST), 0
    while at < limit and depth:
        braces += 1
        if braces > _MOST_BRACES:
            return at
        opening, closing = data.find(b"{", at, limit), data.find(b"}", at, limit)
        if closing < 0:
            return limit
        if 0 <= opening < closing:
            depth, at = depth + 1, opening + 1
        else:
            depth, at = depth - 1, closing + 1
    return at


def _in_object(data: bytes, start: int, end: int, *, all_secret: bool) -> Iterator[Find]:
    """Yield the secrets of an object; `all_secret` says that every value in it is one."""
    for match in _FIELD.finditer(data, start, end):
        name, value = match[1], match[3]
        if not value or (name.lower() in _PLAIN_FIELDS and not all_secret):
            continue
        name_strength = strength(name)
        is_certain = (all_secret or name.lower() == b"value") and may_be_secret(
            value, b"password", Strength.PASSWORD, header=False
        )
        if (
            is_certain
            or (name_strength > Strength.WEAK and may_be_secret(value, name, name_strength, header=False))
            or is_evident(value)
        ):
            kind = kind_of_name(name)
            yield from pieces(
                data, match.start(3), match.end(3), kind if kind is not SecretKind.COOKIE else SecretKind.SECRET
            )
