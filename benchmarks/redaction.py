"""Measure redaction: `python benchmarks/redaction.py` prints throughput on ordinary text and the worst cases.

Times are processor time of this thread, the median of several runs, so that a busy machine blurs them less. Targets: an
ordinary error text of 1 KB well under 0.1 ms, more than 30 MB/s, one repeated scrap of 1 MB under 0.35 s and 2 MB in
about twice the time.
"""

import statistics
import time

from core.redaction import Redactor
from tests.paths import DATA

DATA = DATA / "redaction"
ORDINARY = """Authorization failed - please check your credentials

invalid x-api-key

Error details: from Anthropic: Error code 401, {"type":"error","error":{"type":"authentication_error",\
"message":"invalid x-api-key"},"request_id":"req_011CUxWzAbCdEfGhIjKlMnOp"}
n8n version 2.41.1 (Self Hosted), time 11/3/2026, 10:00:00 AM
Stack trace: NodeApiError: Authorization failed - please check your credentials
    at ExecuteContext.httpRequestWithAuthentication (/usr/local/lib/node_modules/n8n/node_modules/.pnpm/n8n-core@file\
+packages+core_@opentelemetry+api@1.9.0/node_modules/n8n-core/src/utils/request-helper-functions.ts:1637:15)
    at processTicksAndRejections (node:internal/process/task_queues:105:5)
    at router (/usr/local/lib/node_modules/n8n/node_modules/.pnpm/@n8n+n8n-nodes-langchain_credential-providers@3.808.0\
/node_modules/dist/nodes/vendors/Anthropic/actions/router.ts:50:25)
"""
SCRAPS = ["-", "a", "A", "0", " ", "=", '"', "\\", "{", "\u200b", "é", "sk-ant-", "%25", "Bearer ", "\\u0041", "&#65;"]
DENSE = ["sk-ant-api03-aaaa1Bc9 ", "password=", '"x-api-key":"', "api_key: ", "c2stYW50L", "\x1b[0m", "eyJ", "<wbr>"]
DENSE += [
    "sk-ant-api03-abc ",
    "a://b:c@ ",
    "password is hunter2. ",
    "a,password\nx,hunter2\n",
    "Bearer a1b2c3d4e5 ",
    "--token ",
]
DENSE += ['{"name":"apiKey","value":"abc1"},', "?key=abcdefgh1234&", "REJfUEFTU1dPUkQ9aHVudGVyMg== ", "Cookie: a=b; "]
MEGABYTE = 1_000_000


def seconds(redactor: Redactor, text: str, times: int) -> float:
    """Return the median processor time of several redactions, in seconds."""
    results = []
    for _ in range(times):
        start = time.thread_time()
        redactor.redact(text)
        results.append(time.thread_time() - start)
    return statistics.median(results)


def repeated(scrap: str, size: int = MEGABYTE) -> str:
    """Return a text of one scrap."""
    return (scrap * (size // len(scrap) + 1))[:size]


def main() -> None:
    """Print the figures."""
    redactor = Redactor()
    small = seconds(redactor, ORDINARY, 300)
    print(f"ordinary error text, {len(ORDINARY)} characters: {small * 1e6:.0f} µs")
    big = ORDINARY * (2 * MEGABYTE // len(ORDINARY))
    print(f"ordinary text, {len(big) / 1e6:.1f} MB: {len(big) / 1e6 / seconds(redactor, big, 5):.0f} MB/s")
    umlauts = big.replace("e", "é")
    print(f"the same, not ASCII: {len(umlauts) / 1e6 / seconds(redactor, umlauts, 5):.0f} MB/s")
    for path in sorted(DATA.iterdir()):
        text = path.read_text(encoding="utf-8")
        print(f"{path.name}, {len(text)} characters: {seconds(redactor, text, 20) * 1e3:.2f} ms")
    for title, scraps in (("one scrap repeated", SCRAPS), ("dense with places and secrets", DENSE)):
        print(f"\n{title}, 1 MB")
        for scrap in scraps:
            one, two = (seconds(redactor, repeated(scrap, size), 3) for size in (MEGABYTE, 2 * MEGABYTE))
            print(f"  {scrap!a:40} {one:.3f} s, 2 MB {two:.3f} s")


if __name__ == "__main__":
    main()
