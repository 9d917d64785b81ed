"""Removing what programs put before each line of a text: time stamps, a service's name, marks of quotes and lists.

Only lines that follow each other with the same kind of mark count, and a mark is removed only where the text below it
was one text: log lines that were lines from the start keep theirs, since they tell that this is a log.
"""

import textwrap
from collections.abc import Iterator
from typing import Final

import re2

_CLOCK: Final = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AP]M)?(?:Z| ?UTC| ?[+-]\d\d:?\d\d)?"
_ISO: Final = rf"\s{{0,4}}[\[(]?\d{{4}}-\d\d-\d\d[T ]{_CLOCK}[\])]?(?: std(?:out|err) [FP])?(?:[ \t][|–-])?"
_STAMP: Final = (
    rf"\s{{0,4}}[\[(]?(?:\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},? )?{_CLOCK}[\])]?(?:[ \t][|–-])?"
    # Nov 02 10:12:33 host n8n[123]:
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S{1,80} [\w./-]{1,60}(?:\[\d{1,9}\])?:"
    # 02/11/2026, 10:12 - Maria Example:  or  [02.11.26, 10:12:33] Maria Example:
    r"|[\x{200e}\[]{0,2}\d{1,2}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?:[ \x{202f}]?[AP]M)?"
    r"(?:\]| -) [^:\n]{1,40}:"
    r"|\d{13}"
)
_SERVICE: Final = r"[\w.@/-]{1,80} {0,20}\||\[pod/[\w./-]{1,120}\]|\d{1,3}\|[\w.-]{1,40} {0,20}\|"
_NUMBERED: Final = re2.compile(r"^(?:\[pod/|\d{1,3}\||[\w.@/-]{1,80}[-_.]\d{1,3} {0,20}\|)")
"""A service's name that is nothing else: it counts the containers, or the programs of pm2."""
_MARK: Final = re2.compile(
    rf"^(?:(?P<quote>> ?)|(?P<iso>(?:{_ISO})(?:[ \t]|$))|(?P<stamp>(?:{_STAMP})(?:[ \t]|$))"
    rf"|(?P<service>(?:{_SERVICE})(?: |$))|(?P<list>\s{{0,8}}(?:[-•·‣▪◦–*]|\d{{1,2}}[.)])[ \t]))"
)
_LEVELS: Final = ("error", "warn", "warning", "info", "debug", "fatal", "trace", "verbose", "silly")
_REQUEST: Final = re2.compile(r"^> ?(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /\S{0,400} HTTP/[\d.]{1,3}\s*$")
_SENT_HEADER: Final = re2.compile(r"^> ?(?:[A-Za-z][A-Za-z0-9-]{1,60}: ?.*)?$")
"""What `curl -v` sent; its marks tell the request from the answer."""
_CONTINUES: Final = re2.compile(r"^(?:[ \t]+\S|[{}\[\]<>*] ?|[\]}],?$|\"\w+\":|Problem in node |Error in sub-node )")
"""How a line goes on that a logger cut out of a longer text."""
_LINE_LIMIT: Final = 5_000
_SERVICES: Final = 1
"""Names before the lines of one text."""
_BLANKS: Final = (" ", "\t")
_AFTER_BLANKS: Final = frozenset("*-•·‣▪◦–[(0123456789")
_FIRSTS: Final = _AFTER_BLANKS | frozenset(">")


def without_line_marks(text: str) -> str:
    """Return the text without what was put before each of its lines; the same object where nothing was.

    >>> without_line_marks("On Monday Jo wrote:\\n> 401\\n> invalid x-api-key")
    'On Monday Jo wrote:\\n401\\ninvalid x-api-key'
    """
    lines = text.split("\n")
    if len(lines) > _LINE_LIMIT:
        return text
    if not any(map(_kind, lines)):
        outdented = _outdented(lines)
        return text if outdented is lines else "\n".join(outdented)
    plain: list[str] = []
    is_exchange = any(line[:2] in ("> ", "< ") for line in lines)
    for kind, run in _runs(lines):
        if kind == "list" and is_exchange and run[0].startswith("* "):  # what `curl -v` says of the connection
            plain += run
            continue
        announced = kind == "quote" and any(line.rstrip().endswith(":") for line in plain[-2:])
        plain += _unmarked(kind, run, announced=announced) or run
    joined = "\n".join(_outdented(plain))
    return text if joined == text else joined


def _runs(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines in runs with one kind of mark; a blank line goes with the lines above it."""
    kind, run = "", list[str]()
    for line in lines:
        this = kind if run and not line.strip() else _kind(line)
        if kind == "list" and line[:2] == "  ":
            this = kind
        if run and this != kind:
            yield kind, run
            run = []
        kind = this
        run.append(line)
    if run:
        yield kind, run


def _kind(line: str) -> str:
    first = line[:1]
    if first in _BLANKS:
        may_be_marked = line.lstrip()[:1] in _AFTER_BLANKS
    else:
        may_be_marked = first in _FIRSTS or "|" in line[:100] or line[4:6].strip().isdigit()
    if not may_be_marked:
        return ""
    match = _MARK.search(line)
    return str(match.lastgroup) if match else ""


def _unmarked(kind: str, run: list[str], *, announced: bool) -> list[str] | None:
    """Return the lines of a run without their marks; None where the marks mean something.

    A quote of one line may be what somebody typed at a prompt, unless the line above announces it.
    """
    if not kind:
        return None
    marked = [line for line in run if line.strip()]
    plain = [str(_MARK.sub("", line)) for line in run]
    if kind == "list":
        return textwrap.dedent("\n".join(plain)).split("\n")
    if kind == "service":
        sure = len(marked) > 1 or _NUMBERED.search(marked[0])
        return plain if sure and not _are_levels(marked) else None
    if kind == "stamp":
        return plain
    if len(marked) < 2 and not announced:
        return None
    if kind == "quote":
        return None if _is_request(marked) else plain
    return plain if any(_CONTINUES.search(line) for line in plain) else None


def _are_levels(marked: list[str]) -> bool:
    """Whether lines begin with a logger's level, or with the cells of a table, instead of one service's name."""
    names = {line.split("|", 1)[0].strip().lower() for line in marked if line[:1] != "["}
    return not names.isdisjoint(_LEVELS) or len(names) > _SERVICES


def _is_request(marked: list[str]) -> bool:
    """Whether marked lines are the request that `curl -v` shows."""
    return bool(any(_REQUEST.search(line) for line in marked)) and all(
        _REQUEST.search(line) or _SENT_HEADER.search(line) for line in marked
    )


def _outdented(lines: list[str]) -> list[str]:
    """Return lines without the blanks that all of them begin with."""
    return lines if any(line[:1].strip() for line in lines) else textwrap.dedent("\n".join(lines)).split("\n")
