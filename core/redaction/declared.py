"""Patterns for configuration, markup and forms, where a name is apart from its value; `by_name` reads the value."""

from typing import Final

import re2

from core.redaction.secret_names import SUFFIX, WORDS

DECLARED: Final = re2.compile(
    rb"(?i)\bvariable\s+\"?([\w.-]{0,50}(?:" + WORDS + rb")" + SUFFIX + rb")\"?\s*\{[^{}]{0,300}?\bdefault\s*=\s*"
)
"""A variable of Terraform and its default."""

ELEMENT: Final = re2.compile(rb"(?i)<(?:\w{1,20}:)?([\w.-]{0,40}(?:" + WORDS + rb")" + SUFFIX + rb")\s[^<>]{0,200}>")
TYPED: Final = re2.compile(
    rb"(?i)((?:" + WORDS + rb")" + SUFFIX + rb")[\"'](?:\]?\s{0,4}=>\s{0,20}string\([0-9]{1,6}\)\s|;s:[0-9]{1,6}:)"
)
"""What PHP prints: ``["password"]=> string(8) "…"`` and ``"password";s:8:"…"``."""

FORM_FIELD: Final = re2.compile(
    rb"(?i)name=\\*[\"']([\w.\[\]-]{0,50}(?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")\]?\\*[\"'][^\r\n]{0,100}(?:\r?\n[\w-]+:[^\r\n]{0,100}){0,4}"
    rb"(?:\r?\n){2}"
)
"""A field of a form in several parts, whose value follows an empty line."""
