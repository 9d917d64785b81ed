"""What people, mail programs, help desks and logs put around an error that somebody pasted.

Each wrapping takes a text and returns it wrapped; none of them adds a word about the cause.
"""

import html
import json
from collections.abc import Callable
from typing import Final

Wrapping = Callable[[str], str]


def mail_quote(text: str) -> str:
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    return f"Hello,\n\nsee below.\n\nOn Mon, 2 Nov 2026 at 10:12, Maria Example <maria@example.com> wrote:\n>\n{quoted}"


def nested_quote(text: str) -> str:
    quoted = "\n".join(f">> {line}" for line in text.split("\n"))
    return f"> On Mon, 2 Nov 2026, Jo wrote:\n>\n{quoted}\n>\n> Who knows more?"


def outlook_reply(text: str) -> str:
    return (
        "FYI\n\n-----Original Message-----\nFrom: Maria Example <maria@example.com>\n"
        f"Sent: Monday, 2 November 2026 10:12\nTo: Service Desk\nSubject: n8n\n\n{text}"
    )


def json_field(text: str) -> str:
    return json.dumps({"text": text})


def ticket_json(text: str) -> str:
    comment = {"id": 7, "body": text, "public": True, "created_at": "2026-11-02T10:12:00Z"}
    ticket = {"id": 4711, "status": "open", "subject": "The workflow stopped", "priority": "high", "comment": comment}
    return json.dumps({"ticket": ticket}, indent=2)


def mails_json(text: str) -> str:
    answer = {"from": "desk@example.com", "subject": "Re: n8n", "body_html": "<p>We look into it.</p>"}
    mail = {"from": "maria@example.com", "subject": "n8n", "body_html": html_paragraphs(text)}
    return json.dumps([mail, answer], ensure_ascii=False)


def html_paragraphs(text: str) -> str:
    return "<div>" + "".join(f"<p>{html.escape(line) or '&nbsp;'}</p>" for line in text.split("\n")) + "</div>"


def html_breaks(text: str) -> str:
    return f"<p>Hello,</p>\n<blockquote>{html.escape(text).replace(chr(10), '<br>' + chr(10))}</blockquote>"


def html_pre(text: str) -> str:
    return f'<p>This is shown:</p><pre class="code"><code>{html.escape(text)}</code></pre>'


def iso_stamps(text: str) -> str:
    return "\n".join(f"2026-11-02T10:12:{n % 60:02}.123Z {line}" for n, line in enumerate(text.split("\n")))


def compose_log(text: str) -> str:
    return "\n".join(f"n8n-1  | {line}" for line in text.split("\n"))


def syslog(text: str) -> str:
    return "\n".join(f"Nov  2 10:12:{n % 60:02} srv1 n8n[1234]: {line}" for n, line in enumerate(text.split("\n")))


def crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"


def one_line(text: str) -> str:
    return " ".join(text.split())


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def bullet(text: str) -> str:
    return "- " + text.replace("\n", "\n  ")


def bullets(text: str) -> str:
    return "\n".join(f"* {line}" for line in text.split("\n") if line.strip())


AROUND: Final = {
    "greeting_before": "Hi team,\n\nthe workflow stopped and nobody changed anything. This is on the screen:\n\n{}",
    "closing_after": "{}\n\nWhat can be done about it? Thank you in advance!",
    "signature": "{}\n\n--\nMaria Example\nOperations | Example Ltd.\nTel. +44 20 7946 0000",
    "fence": "```\n{}\n```",
    "named_fence": "It stops here:\n```json\n{}\n```\n",
    "chat": "Maria — Today at 10:22 AM\n{}\nJo — Today at 10:25 AM\nthanks, I look into it",
    "german": "Hallo zusammen,\n\nder Ablauf steht. Das wird angezeigt:\n\n{}\n\nViele Grüße\nMaria",
    "spanish": "Buenas, el flujo se detiene y sale esto en pantalla:\n\n{}\n\nGracias de antemano.",
    "portuguese": "Bom dia, o fluxo parou com esta mensagem:\n\n{}\n\nAlguém sabe o que fazer? Obrigado!",
    "japanese": "お世話になっております。処理が止まり、こう表示されます。\n\n{}\n\nよろしくお願いいたします。",
    "russian": "Здравствуйте! Процесс остановился, на экране вот что:\n\n{}\n\nСпасибо!",
    "n8n_says": "n8n says: {}",
    "node_above": "Basic LLM Chain\n\n{}",
    "screen_reader": "heading level 2\nExecutions\nbutton\nClose\n{}\nlink\nDocs\nbutton\nRetry",
}
"""What only has words before and after it."""

_MADE: Final[tuple[Wrapping, ...]] = (
    mail_quote,
    nested_quote,
    outlook_reply,
    json_field,
    ticket_json,
    mails_json,
    html_paragraphs,
    html_breaks,
    html_pre,
    iso_stamps,
    compose_log,
    syslog,
    crlf,
    one_line,
    indented,
    bullet,
    bullets,
)

WRAPPINGS: Final[dict[str, Wrapping]] = {
    **{name: words.format for name, words in AROUND.items()},
    **{wrap.__name__: wrap for wrap in _MADE},
}
"""Each wrapping by its name."""
