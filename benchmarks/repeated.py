"""Measure hostile repetition: `python -m benchmarks.repeated` diagnoses 1 MB of one repeated character or scrap.

Redaction, reading and matching together; processor seconds, worst first. Target: under 1 s for each.
"""

import string
import time

from core.diagnosis import diagnose
from core.paste import PasteError
from core.redaction import RedactionFailed

SIZE = 1_000_000
TARGET = 1.0
CHARACTERS = [*string.printable, "\x00", "\u00a0", "é", "\u200b", "\ufeff", "\ud83d", "😀"]
SCRAPS = [
    *("{'a':", "{'a':1},", '{"a":', '{"json":{"error":', '[[{"error":', '"[', '"{', '"{\\"', '\\"', "\\\\", "{}", "[]"),
    *(
        "{},",
        "[],",
        "[1],",
        '"a",',
        '"a":1,',
        '{"a":1}',
        '{"a":1}\n',
        '{"error":{"message":"x"}}\n',
        "'a',",
        "'{",
        "['",
    ),
    *(
        "401 ",
        "401 - ",
        '401 - "{',
        "401 {",
        "error: ",
        "Error code: 401 - {",
        "(401) ",
        "status code 401 ",
        "error 401 ",
    ),
    *(
        "HTTP/1.1 401\n",
        "< HTTP/2 401\n",
        "x-api-key: a\n",
        "GET /v1 HTTP/1.1\n",
        "curl https://a.example/ ",
        "-H 'a: b' ",
    ),
    *(
        "curl: (6) Could not resolve\n",
        "claude-3 ",
        "claude-",
        "model: claude-3\n",
        "req_011CSHoEeqs5 ",
        "https://a.example/ ",
    ),
    *(
        "www.",
        "n8n version 1.1.1 ",
        "n8n ",
        "    at f (a.js:1:1)\n",
        'File "a", line 1\n',
        "Traceback (most recent call last)\n",
    ),
    *(
        "> ",
        "> > \n",
        "```\n",
        "~~~",
        "\r\n",
        " \n",
        "a\n",
        "a \n\n",
        "[item 2]",
        "\n[item 2]\n",
        "====================================\n",
    ),
    *(
        "Problem in node 'x'\n",
        "Error in sub-node 'x'\n",
        "Bad request - please check your parameters\n",
        "Other info\n",
    ),
    *("n8n version\n", "Error details\n", "Request failed with status code 401\n", "connect ECONNREFUSED 1.1.1.1:1\n"),
    *(
        "invalid x-api-key\n",
        "credit balance is too low ",
        "litellm.BadRequestError: ",
        "AnthropicException - ",
        "<html>",
        "<p>",
    ),
    *(
        "An error occurred (X) when calling the Y operation: ",
        '{"level":"error","message":"x"}\n',
        "2026-11-01 10:00:00 error: x\n",
    ),
    *(
        "getaddrinfo ENOTFOUND a ",
        "<",
        "</",
        "<title>x</title>",
        "node: x\n",
        "From x\n",
        "sk-ant-",
        "Bearer a ",
        "password=a ",
        "sk-ant-api03-abc ",
        "a://b:c@ ",
        "password is hunter2. ",
    ),
    *(
        '"resultData":"',
        '[{"resultData":"1"},',
        '"nodes":[',
        '{"nodes":[{',
        "\\u0041",
        "\\ud83d",
        "1e9",
        "NaN,",
        "null,",
        "-1,",
    ),
]


def seconds(scrap: str) -> tuple[float, str]:
    """Return the processor time that 1 MB of a scrap takes, and how it ended."""
    data = (scrap * (SIZE // len(scrap) + 1))[:SIZE]
    began = time.process_time()
    try:
        ended = diagnose(data).findings[0].cause
    except (PasteError, RedactionFailed) as error:
        ended = type(error).__name__
    return time.process_time() - began, ended


def main() -> None:
    """Print the slowest scraps, and how many miss the target."""
    diagnose("warm up")
    for form, tokens in (
        ("characters", CHARACTERS),
        ("scraps", SCRAPS),
        ("in text", [f"It says: {s}" for s in SCRAPS]),
    ):
        took = sorted(((*seconds(token), token) for token in tokens), reverse=True)
        over = sum(spent > TARGET for spent, _, _ in took)
        print(f"{form}: {len(took)} measured, {over} over {TARGET:.0f} s")
        for spent, ended, token in took[: max(5, over)]:
            print(f"  {spent:6.2f} s  {token[:40]!r:44} {ended}")


if __name__ == "__main__":
    main()
