"""Every way a key is known to slip past a redactor, as functions from the key to a text that holds it.

The classes are those of gitleaks' and TruffleHog's issue lists and of pastes that people make: cut by a terminal,
quoted by a mail program, escaped by JSON, shown by a browser's developer tools.
"""

import base64
import html
import json
import textwrap
from collections.abc import Callable
from urllib.parse import quote

Evasion = Callable[[str], str]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _nested(key: str, depth: int) -> str:
    text = json.dumps({"headers": {"x-api-key": key, "anthropic-version": "2023-06-01"}})
    for _ in range(depth):
        text = json.dumps({"body": text})
    return text


def _between(mark: str) -> Evasion:
    return lambda key: "my key " + mark.join(key) + " does not work"


def _cut(joint: str, at: int = 50) -> Evasion:
    return lambda key: "ANTHROPIC_API_KEY=" + key[:at] + joint + key[at:] + "\nand then it failed"


POSITIONS: dict[str, Evasion] = {
    "alone": lambda key: key,
    "in a sentence": lambda key: f"My key is {key}, is that right?",
    "at the end of a sentence": lambda key: f"It is {key}.",
    "before dots": lambda key: f"it was {key}... and so on",
    "quoted": lambda key: f"'{key}'",
    "in backticks": lambda key: f"`{key}`",
    "in typographic quotes": lambda key: f"“{key}”",
    "in brackets": lambda key: f"({key})",
    "glued to a word": lambda key: f"key{key}",
    "after a underscore": lambda key: f"my_{key}",
    "as JSON key": lambda key: json.dumps({key: 1}),
    "as file name": lambda key: f"/home/me/{key}.json not found",
    "as model name": lambda key: f"model: {key} not found",
    "two without separator": lambda key: key + key,
    "in a long line": lambda key: "x " * 5000 + key + " y" * 5000,
    "env": lambda key: f"export ANTHROPIC_API_KEY={key}",
    "env quoted": lambda key: f'ANTHROPIC_API_KEY="{key}" n8n start',
    "yaml": lambda key: f"environment:\n  - ANTHROPIC_API_KEY={key}\n  OTHER: x",
    "docker": lambda key: f"docker run -e ANTHROPIC_API_KEY={key} n8n",
    "powershell": lambda key: f'$env:ANTHROPIC_API_KEY = "{key}"',
    "python": lambda key: f"client = Anthropic(api_key='{key}')",
    "javascript": lambda key: f"const apiKey = `{key}`;",
    "code comment": lambda key: f"// {key}\n",
    "markdown": lambda key: f"**{key}**",
    "upper case": str.upper,
}
HEADERS: dict[str, Evasion] = {
    "x-api-key": lambda key: f"x-api-key: {key}\nanthropic-version: 2023-06-01",
    "bearer": lambda key: f"Authorization: Bearer {key}",
    "folded": lambda key: f"x-api-key:\r\n {key}\r\n",
    "folded inside": lambda key: f"Authorization: Bearer\r\n\t{key}\r\n",
    "raw headers": lambda key: json.dumps({"rawHeaders": ["Host", "api.anthropic.com", "x-api-key", key]}),
    "har": lambda key: json.dumps({"headers": [{"name": "x-api-key", "value": key}]}),
    "http.client": lambda key: "send: " + repr(f"POST /v1/messages HTTP/1.1\r\nx-api-key: {key}\r\n\r\n".encode()),
    "curl -v": lambda key: f"> POST /v1/messages HTTP/2\n> x-api-key: {key}\n> accept: */*\n",
    "axios": lambda key: f"config: {{ headers: {{ 'x-api-key': '{key}', Accept: 'x' }} }}",
    "curl -H": lambda key: f'curl https://api.anthropic.com -H "x-api-key: {key}"',
    "curl --header": lambda key: f"curl --header 'x-api-key: {key}' x",
    "curl -u": lambda key: f"curl -u user:{key} https://proxy.example",
}
ENCODED: dict[str, Evasion] = {
    "json 1": lambda key: _nested(key, 1),
    "json 2": lambda key: _nested(key, 2),
    "json 3": lambda key: _nested(key, 3),
    "u002d": lambda key: key.replace("-", "\\u002d"),
    "all u": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "all u, escaped twice": lambda key: "".join(f"\\\\\\u{ord(c):04X}" for c in key),
    "all x": lambda key: "".join(f"\\x{ord(c):02x}" for c in key),
    "percent all": lambda key: "".join(f"%{ord(c):02X}" for c in key),
    "percent dashes": lambda key: key.replace("-", "%2D"),
    "percent twice": lambda key: quote("".join(f"%{ord(c):02X}" for c in key)),
    "entities decimal": lambda key: "".join(f"&#{ord(c)};" for c in key),
    "entities hex": lambda key: "".join(f"&#x{ord(c):x};" for c in key),
    "entity dashes": lambda key: key.replace("-", "&#45;").replace("_", "&lowbar;"),
    "entities twice": lambda key: html.escape("".join(f"&#{ord(c)};" for c in key)),
    "base64": _b64,
    "base64 in a word": lambda key: f"value={_b64('a' + key)}",
    "base64 shifted": lambda key: _b64("ab" + key + "cd"),
    "base64 url-safe": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "base64 wrapped": lambda key: "\n".join(textwrap.wrap(_b64("user:" + key), 64)),
    "base64 wrapped at 76 with CRLF": lambda key: "\r\n".join(textwrap.wrap(_b64("some text " + key), 76)),
    "base64 twice": lambda key: _b64(_b64(key)),
    "base64 of JSON": lambda key: _b64(json.dumps({"apiKey": key, "x": 1})),
    "base64 in JSON": lambda key: json.dumps({"data": _b64("key: " + key)}),
    "basic": lambda key: "Authorization: Basic " + _b64("user:" + key),
    "hex": lambda key: key.encode().hex(),
    "hex capitals": lambda key: key.encode().hex().upper(),
    "hex with blanks": lambda key: key.encode().hex(" "),
    "base64 of hex": lambda key: _b64(key.encode().hex()),
    "hex of base64": lambda key: _b64(key).encode().hex(),
}
SPLIT: dict[str, Evasion] = {
    "newline": _cut("\n"),
    "CRLF": _cut("\r\n"),
    "indent": _cut("\n        "),
    "tab": _cut("\t"),
    "blank": _cut(" "),
    "backslash newline": _cut("\\\n"),
    "JSON newline": lambda key: json.dumps({"text": f"key:\n{key[:50]}\n{key[50:]}\nx"}),
    "JSON CRLF, twice": lambda key: json.dumps({"t": json.dumps({"text": f"{key[:40]}\r\n{key[40:]}"})}),
    "concatenation": _cut('" + "'),
    "concatenation over lines": _cut("' +\n    '"),
    "adjacent strings": _cut('"\n    "'),
    "mail quoting": lambda key: f"> my key:\n> {key[:60]}\n> {key[60:]}\n> thanks",
    "quoted-printable": _cut("=\n"),
    "quoted-printable CRLF": _cut("=\r\n"),
    "terminal at 80": lambda key: "\n".join(textwrap.wrap("export ANTHROPIC_API_KEY=" + key, 80)),
    "in the head": _cut("\n", 9),
    "in the head, quoted": lambda key: f'"{key[:5]}" + "{key[5:]}"',
    "after the head": _cut("\n", 13),
    "three pieces": lambda key: "\n".join([key[:30], key[30:70], key[70:]]),
    "lines of 20": lambda key: "\n".join(textwrap.wrap(key, 20, break_on_hyphens=False)),
    "short last piece": _cut("\n", 104),
    "every character": _between(" "),
    "every character on its line": _between("\n"),
}
INVISIBLE: dict[str, Evasion] = {
    **{f"U+{ord(c):04X}": _between(c) for c in "\u200b\u200c\u200d\ufeff\u2060\xad\u200e\u180e\ufe0f\x00\x08"},
    "RTL override": lambda key: f"\u202e{key[:30]}\u202c{key[30:]}",
    "surrogate": lambda key: f"\ud83d {key} \ude00",
    "fullwidth": lambda key: "".join(chr(ord(c) + 0xFEE0) for c in key),
    "mathematical": lambda key: "".join(chr(0x1D5BA + ord(c) - 97) if c.islower() else c for c in key),
    "non-breaking hyphen": lambda key: key.replace("-", "\u2011"),
    "en dash": lambda key: key.replace("-", "–"),
    "Cyrillic": lambda key: key.replace("a", "а"),
    "ANSI colours": lambda key: f"\x1b[31m{key[:20]}\x1b[0m\x1b[1;32m{key[20:]}\x1b[0m",
    "wbr": lambda key: key[:20] + "<wbr>" + key[20:40] + "<wbr/>" + key[40:],
    "shy entity": lambda key: key[:20] + "&shy;" + key[20:],
    "zero width as escape": lambda key: "\\u200b".join(key),
}
ADDRESSES: dict[str, Evasion] = {
    "user": lambda key: f"https://{key}@proxy.example/v1",
    "password": lambda key: f"https://user:{key}@proxy.example/v1",
    "percent-encoded password": lambda key: f"https://user:{quote(key.replace('-', '%2D'), safe='')}@proxy.example/v1",
    "query": lambda key: f"https://proxy.example/v1?key={key}&x=1",
    "fragment": lambda key: f"https://proxy.example/#token={key}",
    "path": lambda key: f"https://proxy.example/{key}/v1/messages",
    "escaped slashes": lambda key: f"https:\\/\\/user:{key}@proxy.example\\/v1",
}
N8N: dict[str, Evasion] = {
    "HTTP node": lambda key: json.dumps(
        {"parameters": {"headerParameters": {"parameters": [{"name": "x-api-key", "value": key}]}}}
    ),
    "credential": lambda key: json.dumps([{"id": "1", "type": "anthropicApi", "data": {"apiKey": key}}]),
    "code node": lambda key: json.dumps({"jsCode": f"const r = await x({{headers: {{'x-api-key': '{key}'}}}});\n"}),
    "expression": lambda key: json.dumps({"value": "={{ '" + key + "' }}"}),
    "flatted": lambda key: json.dumps([{"version": 1, "startData": "1"}, {"x-api-key": "2"}, key]),
    "flatted row": lambda key: json.dumps({"data": json.dumps([{"version": 1, "a": "1"}, {"x-api-key": "2"}, key])}),
}
CUT_OFF: dict[str, Evasion] = {
    "first 30": lambda key: f"it starts {key[:30]} and more",
    "last 30": lambda key: f"it ends {key[-30:]}",
    "last 30 after dots": lambda key: f"x-api-key: ...{key[-30:-1]}",
    "cut in JSON": lambda key: json.dumps({"headers": {"x-api-key": key}})[:60],
}
ALL = {
    f"{group}: {name}": evasion
    for group, cases in {
        "positions": POSITIONS,
        "headers": HEADERS,
        "encoded": ENCODED,
        "split": SPLIT,
        "invisible": INVISIBLE,
        "addresses": ADDRESSES,
        "n8n": N8N,
        "cut off": CUT_OFF,
    }.items()
    for name, evasion in cases.items()
}
