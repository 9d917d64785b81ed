"""Measure throughput: `python -m benchmarks.pastes` diagnoses 2,000 distinct one-kilobyte pastes on one core, no cache.

Redaction, reading, matching and words together, best of three rounds. Target: 2,000 pastes per second. With `--profile`
it prints where the time goes instead.
"""

import cProfile
import json
import pstats
import random
import sys
import time

from core.diagnosis import diagnose
from core.redaction import session_salt

COUNT = 2_000
KILOBYTE = 1_024
TARGET = 2_000
BODIES = (
    (401, "authentication_error", "invalid x-api-key"),
    (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    (404, "not_found_error", "model: claude-3-5-sonnet-20241022"),
    (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 30,000 input tokens.",
    ),
    (529, "overloaded_error", "Overloaded"),
    (403, "permission_error", "Your API key does not have permission to use the specified resource."),
    (400, "invalid_request_error", "max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens"),
)
STACK = "    at ExecuteContext.request (/usr/local/lib/node_modules/n8n/dist/request-helper-functions.ts:{}:11)\n"


def paste(number: int) -> str:
    """Return one paste of about 1,000 characters: seven failures in six wrappings, each with its own ids."""
    generator = random.Random(number)
    status, error_type, message = BODIES[number % len(BODIES)]
    request = "req_011" + "".join(generator.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789", k=21))
    body = {"type": "error", "error": {"type": error_type, "message": message}, "request_id": request}
    text = json.dumps(body)
    stack = "".join(STACK.format(generator.randrange(2_000)) for _ in range(4))
    wrappings = (
        f"{status} {text}\n\n{stack}",
        f"Error code: {status} - {body}\n{stack}",
        json.dumps(_details(status, text, number, stack), indent=2),
        f"2026-11-{1 + number % 28:02}T10:00:00.{number % 1000:03}Z error: {status} {text}\n{stack}",
        f"My workflow {number} fails since this morning, what can I do?\n\n{status} - {json.dumps(text)}\n{stack}",
        f"HTTP/1.1 {status} X\nrequest-id: {request}\nserver: cloudflare\n\n{text}\n",
    )
    wrapped = wrappings[number // len(BODIES) % len(wrappings)]
    text = wrapped + f"\nnote {number}: " + " ".join(generator.choices(WORDS, k=KILOBYTE // 2))
    return text[: max(KILOBYTE, len(wrapped))]


WORDS = ("the", "node", "was", "fine", "until", "today", "and", "we", "only", "moved", "it", "after", "a", "holiday")


def _details(status: int, text: str, number: int, stack: str) -> dict[str, object]:
    return {
        "errorMessage": "Your request is invalid or could not be processed by the service",
        "errorDetails": {"rawErrorMessage": [f"{status} - {json.dumps(text)}"], "httpCode": str(status)},
        "n8nDetails": {
            "nodeName": f"HTTP Request{number}",
            "nodeType": "n8n-nodes-base.httpRequest",
            "nodeVersion": 4.2,
            "n8nVersion": "2.41.1 (Self Hosted)",
            "stackTrace": [f"NodeApiError: {status}", *stack.split("\n")[:2]],
        },
    }


def main() -> None:
    """Print pastes per second, or the profile."""
    pastes = [paste(number) for number in range(COUNT)]
    assert len(set(pastes)) == COUNT
    salt = session_salt()
    diagnose("warm up")
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.enable()
        for one in pastes:
            diagnose(one, salt=salt)
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    best = min(_round(pastes, salt) for _ in range(3))
    size = sum(map(len, pastes)) / COUNT
    print(f"{COUNT / best:,.0f} pastes a second of {size:,.0f} characters (target {TARGET:,})")


def _round(pastes: list[str], salt: bytes) -> float:
    began = time.process_time()
    for one in pastes:
        diagnose(one, salt=salt)
    return time.process_time() - began


if __name__ == "__main__":
    main()
