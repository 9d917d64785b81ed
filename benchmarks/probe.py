"""Measure a test of twelve models: `python -m benchmarks.probe [ROUNDS]`, against a server that waits 300 ms per call.

Target: after authentication, all models together take under 1.3 times the slowest model (the sum of its own calls) plus
0.3 s. Exits with 1 if a round takes longer.
"""

import sys
import tempfile
import time
from pathlib import Path

from core.probe.probe import probe
from core.probe.request import ProbeRequest
from core.probe.result import ProbeStep, StepEvent
from core.storage.access_results import AccessOutcome
from tests.probe.conftest import by_status, fake_key, surroundings
from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, Request, message, model_entry

MODELS = tuple(f"claude-{number}" for number in range(1, 13))
WAIT_SECONDS = 0.3


def slow_entry(request: Request) -> object:
    """Return the model's entry, after a wait."""
    reply = model_entry(request.path.rsplit("/", 1)[-1])
    reply.wait = WAIT_SECONDS
    return reply


def slow_message(request: Request) -> object:
    """Return the model's answer, after a wait."""
    reply = message(request.json()["model"])
    reply.wait = WAIT_SECONDS
    return reply


def measure(server: FakeServer, authority: Authority) -> tuple[float, float]:
    """Return the seconds from authentication to the end, and those of the slowest model's own calls."""
    authenticated: list[float] = []

    def on_event(event: StepEvent) -> None:
        if event.step is ProbeStep.AUTHENTICATION and event.outcome is not None:
            authenticated.append(time.monotonic())

    request = ProbeRequest(base_url=f"https://{HOST}:{server.port}", models=MODELS)
    world = surroundings(authority, server.port)
    result = probe(request, fake_key(), by_status, surroundings=world, on_event=on_event)
    took = time.monotonic() - authenticated[0]
    assert all(each.outcome is AccessOutcome.OK for each in result.models), result.models
    slowest = max((each.model_ms or 0) + (each.latency_ms or 0) for each in result.models) / 1000
    return took, slowest


def main() -> int:
    """Print each round and whether the promise holds."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        script = Anthropic(model=lambda request: slow_entry(request), messages=lambda request: slow_message(request))
        with FakeServer(script, authority.context(HOST)) as server:
            for number in range(1, rounds + 1):
                took, slowest = measure(server, authority)
                limit = 1.3 * slowest + 0.3
                kept = kept and took < limit
                print(f"round {number}: {took:.3f} s for 12 models; slowest {slowest:.3f} s; limit {limit:.3f} s")
    print("the promise holds" if kept else "the promise is BROKEN")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
