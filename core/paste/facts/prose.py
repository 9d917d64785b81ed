"""Telling a person's own sentence from a line that a program wrote.

What a person tells of a call ("my colleague's key was refused yesterday") proves nothing about a key: they may mean
another call, another key or another day. A line that n8n, a client or an API wrote is evidence of the call it is about.
"""

from typing import Final

import re2

_STARTS: Final = r"(?i)(?:^|[\s(\"'“„«,.;:])"
_ENDS: Final = r"(?:$|[\s)\"'”“»,.;:!?…])"
_FIRST_PERSON: Final = (
    # English, German, French, Spanish, Portuguese, Italian, Dutch; only words that no program says of itself
    "i|i'm|i’m|i've|i’ve|we|we're|we’re|we've|we’ve|my|our|"
    "ich|wir|mein|meine|meinem|meinen|meiner|unser|unsere|unserem|unseren|unserer|"
    "je|j'ai|j’ai|nous|mon|ma|mes|notre|nos|"
    "yo|nosotros|nosotras|mi|mis|nuestro|nuestra|nuestros|nuestras|"
    "nós|meu|minha|meus|minhas|nosso|nossa|"
    "io|noi|mio|mia|miei|nostro|nostra|"
    "ik|wij|mijn|onze"
)
_TELLING: Final = (
    "says|said|tells|told|gets|getting|gives|gave|shows|showed|throws|threw|reports that|claims|complains|"
    "yesterday|today|this morning|last (?:week|night|month|year)|since (?:the|yesterday|last|this|monday|tuesday|"
    "wednesday|thursday|friday|saturday|sunday|upgrading|updating|moving)|(?:fails|stops|stopped|dies|died|"
    "ends|ended|comes back|came back|answers|answered|responds|responded|crashes|crashed) with|any idea|please help|"
    "help me|how (?:do|can) i|n8n's http request|"
    "sagt|bekomme|bekommen|kriege|kommt|zeigt|meldet|gestern|heute|seit|"
    "dit|affiche|hier|aujourd'hui|depuis|dice|aparece|ayer|hoy|desde|diz|aparece|ontem|hoje|appare|ieri|oggi|"
    "zegt|krijg|gisteren|vandaag"
)
_PERSON: Final = re2.compile(f"{_STARTS}(?:{_FIRST_PERSON}|{_TELLING}){_ENDS}")
_OF_PROGRAMS: Final = re2.compile(r"(?i)\bour (?:documentation|docs|help|support|terms|policy|policies|status|usage)\b")
"""What services write of themselves."""

_TEST_TOLD: Final = re2.compile(
    r"(?i)\bcredentials?'?s?[ -]test|\btest(?:s|ing|ed)? (?:of )?(?:the |my |our )?(?:\w{1,20} ){0,2}credentials?\b"
)
_NOT_THE_TEST: Final = re2.compile(
    r"(?i)\b(?:green|pass\w*|succe\w+|works?|worked|working|fine|ok|okay|connected|runs?|ran|workflows?|execut\w+|nodes?)\b"
)
"""A person's own words for the credential test, and those that say that it was not the test that failed."""
_TEST_FAILED: Final = re2.compile(
    r"(?i)\bn8n['’]?s? (?:own )?(?:credential )?test "
    r"(?:asks|fails|failed|turns|gets|got|shows|says|uses|calls|is red)\b"
)


def is_told(line: str) -> bool:
    """Return whether a line is a person's own sentence about a failure.

    >>> is_told("Since the update we get credit balance is too low")
    True
    >>> is_told("Your credit balance is too low to access the Anthropic API.")
    False
    """
    plain = _OF_PROGRAMS.sub("", line) if "our " in line.lower() else line
    return bool(_PERSON.search(plain))


def tells_of_test(text: str) -> bool:
    """Return whether a person's sentence is about n8n's test of a credential, which failed.

    >>> tells_of_test("the credential test shows an error"), tells_of_test("the credential test is green")
    (True, False)
    """
    if " test" in text and _TEST_FAILED.search(text):
        return True
    return "redential" in text and bool(_TEST_TOLD.search(text)) and not _NOT_THE_TEST.search(text)
