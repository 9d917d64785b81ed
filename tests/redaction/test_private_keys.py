"""Private keys in whole, and without their first line."""

import json
import re

import pytest

from core.redaction import SecretKind, redact
from tests.redaction.fakes import letters

BODY = [letters(64, seed) for seed in range(4)]
HEX = "0123456789abcdef"
END = f"-----END RSA {'PRIVATE'} KEY-----"


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "Dear support,", "Dear support,\n\nthis is mine:\n"])
def test_a_key_without_its_first_line_is_hidden_from_the_first_line_that_is_left(before: str, line_break: str) -> None:
    before = (before + "\n").lstrip("\n").replace("\n", line_break)
    result = redact(before + line_break.join([*BODY, END]) + line_break + "thanks")
    assert [hidden.kind for hidden in result.hidden] == [SecretKind.PRIVATE_KEY] * 2
    assert re.fullmatch(rf"{before}\[[^\n]+\]{line_break}\[[^\n]+\]{line_break}thanks", result.text)


@pytest.mark.parametrize("in_json", [False, True])
def test_the_empty_line_above_the_code_of_a_putty_key_stays(in_json: bool) -> None:
    lines = ["Comment: n8n", "Private-Lines: 4", *BODY, "", "Private-MAC: " + letters(40, 7, HEX), "thanks"]
    text = "\n".join(lines)
    redacted = json.loads(redact(json.dumps({"key": text})).text)["key"] if in_json else redact(text).text
    left = ["Comment: n8n", "Private-Lines: 4", "", "Private-MAC: ", "thanks"]
    assert [line.partition("[")[0] for line in redacted.split("\n")] == left
