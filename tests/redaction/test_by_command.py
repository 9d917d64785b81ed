"""What follows a program's name, or a flag of it, where its password stands."""

import pytest

from core.redaction import SecretKind, redact


@pytest.mark.parametrize(
    ("before", "secret", "after", "kind"),
    [
        ("http -a ", "bob:hunter2", " https://x", SecretKind.BASIC_AUTH),
        ("nats --creds ", "bob:hunter9", " pub x", SecretKind.BASIC_AUTH),
        # short, but a digit shows it
        ("sshpass -p ", "ab1", " ssh x", SecretKind.PASSWORD),
        ("sshpass -p ", "abcd", " ssh x", SecretKind.PASSWORD),
        ("sshpass -p '", "abc", "' ssh x", SecretKind.PASSWORD),
        ("mysql -u bob -p", "hunter2", " db", SecretKind.PASSWORD),
        ("redis-cli -a ", "hunter2", " ping", SecretKind.PASSWORD),
        ("tool -p ", "hunter2", " x", SecretKind.PASSWORD),
        ("sqlplus scott/", "hunter2", "@//db:1521/xe", SecretKind.PASSWORD),
        ("echo ", "hunter2", " | docker login -u bob --password-stdin", SecretKind.PASSWORD),
        ("db.local:5432:shop:bob:", "hunter2", "", SecretKind.PASSWORD),
    ],
)
def test_a_password_on_a_command_line_is_hidden_exactly(before: str, secret: str, after: str, kind: SecretKind) -> None:
    result = redact(before + secret + after)
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [(kind, 1)]
    assert result.text == f"{before}[{kind} #{result.hidden[0].fingerprint}]{after}"


@pytest.mark.parametrize(
    "text",
    [
        "http -a bob:1234567 https://x",
        "nats --creds bob:certs/a1 pub x",
        "docker run -u 1000:1000 image",
        "sshpass -p abc ssh x",
        "sshpass -p 123 ssh x",
        "tool -p 3306",
        "tool -p abcdefg x",
        "mkdir -p one/two3/three",
        "mysql -u bob -p db",
    ],
)
def test_what_is_no_password_on_a_command_line_is_left(text: str) -> None:
    assert redact(text).text == text
