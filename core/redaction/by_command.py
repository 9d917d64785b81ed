"""Find secrets in commands, files and protocols, where no name and separator precede them.

Each pattern of the table ends where the secret begins; the end of the secret is read as for any other value.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.not_secret import is_code, is_evident, is_label, is_mixed
from core.redaction.placeholders import is_placeholder, is_prose
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import SUFFIX, WORDS, Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find, any_of
from core.redaction.value_syntax import ByteFinder, read_values
from core.redaction.work_limit import limited

_FLAGS: Final = (
    (rb"mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|7za?|rar|unrar", rb"\s-p"),
    (rb"redis-cli|valkey-cli", rb"\s-a[ \t]+"),
    (rb"docker|podman|helm|oras|az|oc|nerdctl|skopeo|cf|argocd", rb"\slogin\s.{0,200}?\s?-p[ \t]+"),
    (rb"mongo|mongosh|mongodump|mongorestore|mongoexport|rabbitmqadmin|influx|cqlsh|rdesktop", rb"\s-p[ \t]+"),
    (rb"sqlcmd|bcp|unzip|zip", rb"\s-P[ \t]*"),
    (rb"ldapsearch|ldapmodify|ldapadd|ldapwhoami|security", rb"\s-w[ \t]+"),
    (rb"mosquitto_pub|mosquitto_sub", rb"\s-P[ \t]+"),
    (rb"lftp", rb"\s-u[ \t]+[^\s,]{1,80},"),
    (rb"doctl|snyk|sentry-cli|gh", rb"\sauth\s.{0,80}?\s-t[ \t]+"),
    (rb"xfreerdp|rdesktop|mstsc|cmdkey|wfreerdp", rb"\s/p(?:ass|assword)?:"),
    (rb"poetry", rb"\shttp-basic\.\S{1,60}\s+\S{1,80}\s+"),
    (rb"mc", rb"\salias\s+set\s+\S{1,80}\s+\S{1,200}\s+\S{1,80}\s+"),
    (rb"ssh-keygen", rb"\s-N[ \t]+"),
    (rb"htpasswd", rb"\s-[a-zA-Z]*b[a-zA-Z]*\s+\S{1,80}\s+\S{1,80}\s+"),
    (rb"openssl", rb"\s-[kK][ \t]+"),
    (rb"net", rb"use\s.{0,200}?/user:\S{1,60}[ \t]+|user\s+[^\s/]{1,60}[ \t]+"),
    (rb"smbclient", rb"\s(?:-U|--user)[ =]*[\"']?[^\s%\"']{1,80}%"),
)
"""Programs, each with what comes right before the password on its command line."""

_PROGRAM: Final = re2.compile(rb"(?:^|[^\w./-]|/)(" + b"|".join(names for names, _ in _FLAGS) + rb")[ \t][^\r\n|;]*")
_FLAG_OF: Final = {
    name: re2.compile(flag) for names, flag in _FLAGS for name in names.replace(b"7za?", b"7z|7za").split(b"|")
}
_SECRET_FOLLOWS: Final = (
    rb"\bsshpass\s+-p[ \t]*",
    rb"-pass(?:in|out)?[ \t]+pass:",
    rb"\blogin\s+\S{1,80}\s+password\s+",
    rb"\brequirepass[ \t]+|(?:^|\n)[ \t]*(?:masterauth|primaryauth)[ \t]+",
    rb"\bConvertTo-SecureString\s+(?:-String\s+)?",
    rb"(?:^|\n)(?:[><*CS:| \t\d]*[ \t])?PASS[ \t]+",
    rb"\bAUTH (?:PLAIN|LOGIN|XOAUTH2)[ \t]+",
    rb"(?:^|\n)(?:[><*CS:| \t\d.-]*)AUTH[ \t]+(?:[a-z][\w-]{0,30}[ \t]+)?",
    rb"\baws configure set \S*secret\S*[ \t]+",
    rb"\b_auth(?:Token|)[ \t]+",
    rb"(?i)\b(?:secret|password|key)[ \t]+[05789][ \t]+",
    rb"\bsnmp-server[ \t]+community[ \t]+|\br[ow]community6?[ \t]+",
    rb"\b(?:bind|root)pw[ \t]+",
    rb"ssword[: ]*\"[ \t]*\r?\n[ \t]*send(?:_user|line)?[ \t(]+(?:--[ \t]+)?",
    rb"(?i)\bNickServ[ :]+identify[ \t]+",
    rb"(?i)\[BasicAuth\]\r?\n[^\s:]{1,60}:[ \t]*",
    rb"(?i)\bauthorization:[ \t]*(?:basic|digest)[ \t]+[^\s:=]{1,60}[ \t]+",
    rb"-[a-z]*(?:store|key)pass[ \t]+",
)
_SQL: Final = re2.compile(
    rb"(?i)\b(?:identified\s+(?:with\s+\S{1,60}\s+)?by|(?:role"
    rb"|user)\s+\S{1,80}\s+(?:with\s+)?(?:login\s+|encrypted\s+|superuser\s+)*"
    rb"password)\s+(\\*[\"'])"
)
_COMMAND: Final = re2.compile(b"|".join(_SECRET_FOLLOWS))
_PIPED: Final = re2.compile(
    rb"\b(?:echo|printf)[ \t]+(?:-n[ \t]+)?(?:\"[^\"\r\n]{3,200}\"|'[^'\r\n]{3,200}'|[^\s\"'|]{3,200})[ \t]*\|[ \t]*"
    rb"(?:sudo[ \t]+-S|(?:sudo[ \t]+)?chpasswd|[^\r\n|]{0,120}(?:--password-stdin|--with-token"
    rb"|passwd[ \t]+--stdin|secret[ \t]+(?:put|set|create)|\benv[ \t]+add))"
)
_ECHOED: Final = re2.compile(rb"\b(?:echo|printf)[ \t]+(?:-n[ \t]+)?")
_ASSIGNED: Final = re2.compile(
    rb"(?i)\b(?:setx|set[ \t]+-g?x|setenv|config[ \t]+set|env|secret[ \t]+(?:set|put)|gh[ \t]+secret[ \t]+set)[ \t]+"
    rb"([\w./:-]{0,80}(?:" + WORDS + rb")" + SUFFIX + rb")[ \t]+(?:--body[ \t]+|-b[ \t]+)?"
)
_PGPASS: Final = re2.compile(
    rb"(?m)^[ \t]*(?:[A-Za-z*][\w.*-]*):(?:[0-9]{2,5}|\*):(?:[A-Za-z_*][\w*-]*):"
    rb"(?:[A-Za-z_*][\w*-]*):([^\s:]{3,})[ \t]*\r?$"
)
_USER: Final = re2.compile(
    rb"\s(?:-u|--user|--creds|--auth|-a)[ =](?:\\*[\"'])?([A-Za-z][\w.@+-]{0,60}:[^\s\"'\\]{3,})"
)
_SHORT_FLAG: Final = re2.compile(rb"\s-p[ \t]+([^\s\"'`:/=.,-]{6,})(?:[\s\"'`]|$)")
_SMTP_LOGIN: Final = re2.compile(
    rb"\b[A-Za-z]{0,4}[0-9]{0,6}\s+LOGIN\s+(?:\"[^\"\r\n]{1,80}\"|[\w.-]{1,40}@[\w.-]{1,60})[ \t]+"
)
_ORACLE: Final = re2.compile(
    rb"(?:^|[\s\"'=])[A-Za-z][\w$]{0,30}/\\*\"?([^\s/@\"'\\]{4,60})\\*\"?@(?://)?[\w.-]+(?::[0-9]{2,5})?/\w"
)
"""``user/password@//host/service``, as Oracle's programs have it."""

ANY_COMMAND: Final = any_of(
    _ORACLE, _COMMAND, _PROGRAM, _SQL, _PIPED, _ASSIGNED, _PGPASS, _USER, _SHORT_FLAG, _SMTP_LOGIN
)


def find_in_commands(data: bytes) -> Iterator[Find]:
    """Yield the secrets of command lines, password files and mail or database sessions."""
    if not ANY_COMMAND.search(data):
        return
    byte_finder = ByteFinder(data)
    for pattern, kind in ((_COMMAND, SecretKind.PASSWORD), (_SMTP_LOGIN, SecretKind.PASSWORD)):
        for match in limited(pattern.finditer(data), len(data)):
            yield from _value(data, match.end(), kind, byte_finder)
    for match in limited(_PROGRAM.finditer(data), len(data)):
        flag = _FLAG_OF[match[1]].search(data, match.end(1), match.end())
        if flag:
            yield from _value(data, flag.end(), SecretKind.PASSWORD, byte_finder)
    for match in limited(_SQL.finditer(data), len(data)):
        yield from _value(data, match.start(1), SecretKind.PASSWORD, byte_finder)
    for match in limited(_ASSIGNED.finditer(data), len(data)):
        if strength(match[1]) > Strength.WEAK:
            yield from _value(data, match.end(), kind_of_name(match[1]), byte_finder)
    for match in limited(_PIPED.finditer(data), len(data)):
        echoed = _ECHOED.match(data, match.start())
        yield from _value(data, echoed.end() if echoed else match.start(), SecretKind.PASSWORD, byte_finder)
    for match in limited(_SHORT_FLAG.finditer(data), len(data)):
        if not match[1].isdigit() and any(48 <= code <= 57 for code in match[1]):
            yield from pieces(data, match.start(1), match.end(1), SecretKind.PASSWORD)
    for match in limited(_PGPASS.finditer(data), len(data)):
        if not match[1].isdigit():
            yield from pieces(data, match.start(1), match.end(1), SecretKind.PASSWORD)
    for match in limited(_ORACLE.finditer(data), len(data)):
        if is_mixed(match[1]):
            yield from pieces(data, match.start(1), match.end(1), SecretKind.PASSWORD)
    for match in limited(_USER.finditer(data), len(data)):
        password = match[1].split(b":", 1)[1]
        if any(48 <= code <= 57 for code in password) and not password.isdigit() and b"/" not in password:
            yield from pieces(data, match.start(1), match.end(1), SecretKind.BASIC_AUTH)


def _value(data: bytes, at: int, kind: SecretKind, byte_finder: ByteFinder) -> Iterator[Find]:
    for value in read_values(data, at, b"-p", b"", byte_finder):
        content = data[value.start : value.end]
        is_likely = (
            value.quoted or is_evident(content) or any(48 <= code <= 57 for code in content) or len(content) >= 4
        )
        if not is_likely or (content.isdigit() and len(content) < 4) or content.startswith(b"-"):
            continue
        if is_prose(content) or is_placeholder(content) or is_code(data, value.start, value.end, quoted=value.quoted):
            continue
        if not (is_label(content) and b" " in content):
            yield from pieces(data, value.start, value.end, kind)
