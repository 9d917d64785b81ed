"""Credentials without a name beside them: what is one by its form, and what only stands where one could."""

import pytest

from core.redaction import SecretKind, redact


@pytest.mark.parametrize(
    ("before", "secret", "after", "kind"),
    [
        # a digit is enough, and so are characters that change
        ("sent Bearer ", "aaaabbbb1", " and got 401", SecretKind.BEARER_TOKEN),
        ("sent Bearer ", "aBcDeFgHiJ", " and got 401", SecretKind.BEARER_TOKEN),
        ("sent Bearer ", "aaaabbbb1", ". Then 401", SecretKind.BEARER_TOKEN),
        ("went to https://x.example/cb?code=", "abcdefghijklmnop", "&x=1", SecretKind.SECRET),
        ("went to https://x.example/cb?code=", "aB1cDe2FgH", "&x=1", SecretKind.SECRET),
        ("went to https://", "abcdefghijklmno1", "@host/", SecretKind.URL_CREDENTIALS),
        ("went to https://", "aBcDeFgHiJkL", "@host/", SecretKind.URL_CREDENTIALS),
        ("went to https://bob:", "x", "@host/", SecretKind.URL_CREDENTIALS),
        ("curl -u ", "bob:678", " https://x", SecretKind.BASIC_AUTH),
        # a password may hold what usually ends it
        ("went to ftp://bob:", "a b/c", "@host/", SecretKind.URL_CREDENTIALS),
        ("went to ftp://bob:", "a?b c d", "@host:21", SecretKind.URL_CREDENTIALS),
    ],
)
def test_what_is_a_credential_is_hidden_exactly(before: str, secret: str, after: str, kind: SecretKind) -> None:
    result = redact(before + secret + after)
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [(kind, 1)]
    assert (result.text[: len(before)], result.text[-len(after) :]) == (before, after)
    assert len(result.text) == len(before + after) + len(f"[{kind} #0a1b2c]")


@pytest.mark.parametrize(
    "text",
    [
        "sent Bearer aaaabbbbc and got 401",
        "sent Bearer ${API_TOKEN_1234} and got 401",
        "uses Basic authentication here",
        "went to https://x.example/cb?code=abcdefghijklmno&x=1",
        "went to https://abcdefghijklmno@host/",
        "went to https://abcdefghijklmnopq@host/",
        "went to https://bob@host/",
        "went to https://bob:@host/",
        "went to https://username:password@host/",
        "went to https://bob:<your-password>@host/",
        "curl -u 1000:1000 https://x",
        "http://host:8080/a b, then mail bob@host.example",
        "http://host:8080/a?b c@host.example",
        "see http://host:one two three four@host.example",
        "see http://host:one, two@host.example",
    ],
)
def test_what_only_stands_where_a_credential_could_is_left(text: str) -> None:
    assert redact(text).text == text
