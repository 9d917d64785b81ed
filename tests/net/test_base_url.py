"""Base URLs: what is refused, with which words, and what is built from the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.base_url import AllowedTarget, Target, TargetProblem, TargetRefused, parse, parse_allowed

LISTED = (
    AllowedTarget(scheme="https", host="gateway.internal", port=4000, network="10.20.0.0/16"),
    AllowedTarget(scheme="http", host="litellm", port=4000, network="10.20.0.0/16"),
)

REFUSED = {
    # shape and scheme
    "": TargetProblem.EMPTY,
    "   ": TargetProblem.EMPTY,
    "api.anthropic.com": TargetProblem.NO_SCHEME,
    "api.anthropic.com/v1/messages": TargetProblem.NO_SCHEME,
    "//api.anthropic.com": TargetProblem.NO_SCHEME,
    "/v1/messages": TargetProblem.NO_SCHEME,
    "https:/api.anthropic.com": TargetProblem.NO_SCHEME,
    "https:api.anthropic.com": TargetProblem.NO_SCHEME,
    "http://api.anthropic.com": TargetProblem.PLAIN_HTTP,
    "HTTP://gateway.example.com": TargetProblem.PLAIN_HTTP,
    "ftp://api.anthropic.com": TargetProblem.SCHEME,
    "file:///etc/passwd": TargetProblem.SCHEME,
    "gopher://gateway.example.com/": TargetProblem.SCHEME,
    "ws://gateway.example.com": TargetProblem.SCHEME,
    "unix:///var/run/docker.sock": TargetProblem.SCHEME,
    "data://text": TargetProblem.SCHEME,
    "javascript:alert(1)": TargetProblem.NO_SCHEME,
    "https://": TargetProblem.HOST,
    "https:///v1": TargetProblem.HOST,
    "https://:443": TargetProblem.HOST,
    "https://" + "a." * 260 + "com": TargetProblem.TOO_LONG,
    # loopback spellings that a resolver or an older parser would read as an address
    "https://2130706433": TargetProblem.NUMERIC_HOST,
    "https://0x7f000001": TargetProblem.NUMERIC_HOST,
    "https://0x7f.1": TargetProblem.NUMERIC_HOST,
    "https://017700000001": TargetProblem.NUMERIC_HOST,
    "https://0177.0.0.1": TargetProblem.NUMERIC_HOST,
    "https://127.1": TargetProblem.NUMERIC_HOST,
    "https://127.0.1": TargetProblem.NUMERIC_HOST,
    "https://127.0.0.01": TargetProblem.NUMERIC_HOST,
    "https://127.0.0.256": TargetProblem.NUMERIC_HOST,
    "https://1.2.3.4.5": TargetProblem.NUMERIC_HOST,
    "https://localhost": TargetProblem.SHORT_HOST,
    "https://LOCALHOST": TargetProblem.SHORT_HOST,
    "https://n8n": TargetProblem.SHORT_HOST,
    "https://litellm": TargetProblem.SHORT_HOST,
    "https://kubernetes": TargetProblem.SHORT_HOST,
    "https://127。0。0。1": TargetProblem.RETYPE,
    "https://①②⑦.0.0.1": TargetProblem.RETYPE,
    "https://１２７.0.0.1": TargetProblem.RETYPE,
    "https://[::1%25eth0]": TargetProblem.SHAPE,
    "https://[::1": TargetProblem.HOST,
    "https://[1.2.3.4]": TargetProblem.HOST,
    "https://[:::1]": TargetProblem.HOST,
    "https://%31%32%37.0.0.1": TargetProblem.SHAPE,
    # tricks with the authority
    "https://user@gateway.example.com": TargetProblem.USERINFO,
    "https://user:pass@gateway.example.com": TargetProblem.USERINFO,
    "https://api.anthropic.com@evil.example": TargetProblem.USERINFO,
    "https://api.anthropic.com:443@evil.example": TargetProblem.USERINFO,
    "https://@evil.example": TargetProblem.USERINFO,
    "https://evil.example\\@api.anthropic.com": TargetProblem.BACKSLASH,
    "https:\\\\evil.example": TargetProblem.BACKSLASH,
    "https://api.anthropic.com\\.evil.example": TargetProblem.BACKSLASH,
    "https://api.anthropic.com#@evil.example": TargetProblem.QUERY,
    "https://evil.example#api.anthropic.com": TargetProblem.QUERY,
    "https://evil.example?x=api.anthropic.com": TargetProblem.QUERY,
    "https://gateway.example.com/?key=1": TargetProblem.QUERY,
    "https://api.anthropic.com\r\nhost: evil.example": TargetProblem.SPACE,
    "https://api.anthropic.com\t.evil.example": TargetProblem.SPACE,
    "https://api.anthropic.com\x00.evil.example": TargetProblem.RETYPE,
    " https://api.anthropic.com": TargetProblem.SPACE,
    "https://api.anthropic.com ": TargetProblem.SPACE,
    "https://api.anthro pic.com": TargetProblem.SPACE,
    "https://api.anthropic\u200b.com": TargetProblem.RETYPE,
    "https://api.anthropic.com\u00a0": TargetProblem.RETYPE,
    "https://аpi.anthropic.com": TargetProblem.RETYPE,  # the first letter is Cyrillic
    "https://api．anthropic．com": TargetProblem.RETYPE,
    "https://api.anthropic.com.": TargetProblem.HOST,
    "https://.api.anthropic.com": TargetProblem.HOST,
    "https://api..anthropic.com": TargetProblem.HOST,
    "https://-gateway.example.com": TargetProblem.HOST,
    "https://gateway-.example.com": TargetProblem.HOST,
    "https://" + "a" * 64 + ".example.com": TargetProblem.HOST,
    "https://gateway.example.com:": TargetProblem.PORT,
    "https://gateway.example.com:0": TargetProblem.PORT,
    "https://gateway.example.com:0443": TargetProblem.PORT,
    "https://gateway.example.com:65536": TargetProblem.PORT,
    "https://gateway.example.com:443:443": TargetProblem.PORT,
    "https://gateway.example.com:-1": TargetProblem.PORT,
    "https://gateway.example.com:443a": TargetProblem.PORT,
    # ports and names that are not open
    "https://gateway.example.com:22": TargetProblem.PORT_CLOSED,
    "https://gateway.example.com:4000": TargetProblem.PORT_CLOSED,
    "https://gateway.example.com:6379": TargetProblem.PORT_CLOSED,
    "https://gateway.internal:4001": TargetProblem.PORT_CLOSED,
    "http://gateway.internal:4000": TargetProblem.PLAIN_HTTP,
    "https://litellm:4000": TargetProblem.SHORT_HOST,
    # paths
    "https://gateway.example.com/a/../b": TargetProblem.PATH,
    "https://gateway.example.com/./b": TargetProblem.PATH,
    "https://gateway.example.com//anthropic": TargetProblem.SHAPE,
    "https://gateway.example.com/%2e%2e": TargetProblem.SHAPE,
    "https://gateway.example.com/a b": TargetProblem.SPACE,
    # Anthropic, but not its API
    "https://console.anthropic.com": TargetProblem.WEB_ADDRESS,
    "https://platform.claude.com": TargetProblem.WEB_ADDRESS,
    "https://claude.ai": TargetProblem.WEB_ADDRESS,
    "https://api.antropic.com": TargetProblem.LOOK_ALIKE,
    "https://api.anthropic.co": TargetProblem.LOOK_ALIKE,
    "https://api.anthorpic.com": TargetProblem.LOOK_ALIKE,
    "https://apis.anthropic.com": TargetProblem.LOOK_ALIKE,
    "https://api-anthropic.com": TargetProblem.LOOK_ALIKE,
}


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_it_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(TargetRefused) as caught:
        parse(text, LISTED)
    assert caught.value.problem is REFUSED[text]
    assert caught.value.sentence.endswith((".", "instead."))


DOUBLED = {
    "https://api.anthropic.com/v1": "https://api.anthropic.com",
    "https://api.anthropic.com/v1/": "https://api.anthropic.com",
    "https://api.anthropic.com/v1/messages": "https://api.anthropic.com",
    "https://api.anthropic.com/V1/Messages": "https://api.anthropic.com",
    "https://openrouter.ai/api/v1": "https://openrouter.ai/api",
    "https://gateway.example.com/v1/chat/completions": "https://gateway.example.com",
}


@pytest.mark.parametrize("text", DOUBLED)
def test_a_doubled_path_is_named_and_taken_off(text: str) -> None:
    with pytest.raises(TargetRefused) as caught:
        parse(text)
    assert caught.value.problem is TargetProblem.DOUBLED_PATH
    assert caught.value.suggestion == DOUBLED[text]
    assert parse(DOUBLED[text]).base == DOUBLED[text]


TAKEN = {
    "https://api.anthropic.com": "https://api.anthropic.com/v1/messages",
    "https://API.Anthropic.com": "https://api.anthropic.com/v1/messages",
    "HTTPS://api.anthropic.com": "https://api.anthropic.com/v1/messages",
    "https://api.anthropic.com:443": "https://api.anthropic.com/v1/messages",
    "https://api.anthropic.com/": "https://api.anthropic.com/v1/messages",
    "https://api.anthropic.com//": "https://api.anthropic.com/v1/messages",
    "https://openrouter.ai/api": "https://openrouter.ai/api/v1/messages",
    "https://gateway.example.com/anthropic": "https://gateway.example.com/anthropic/v1/messages",
    "https://gateway.example.com/team-1/claude_2/~x@y": "https://gateway.example.com/team-1/claude_2/~x@y/v1/messages",
    "https://res.services.ai.azure.com/anthropic/": "https://res.services.ai.azure.com/anthropic/v1/messages",
    "https://xn--bcher-kva.example": "https://xn--bcher-kva.example/v1/messages",
    "https://8.8.8.8": "https://8.8.8.8/v1/messages",
    "https://[2606:4700::1]": "https://[2606:4700::1]/v1/messages",
    "https://gateway.internal:4000": "https://gateway.internal:4000/v1/messages",
    "https://GATEWAY.internal:4000/": "https://gateway.internal:4000/v1/messages",
    "http://litellm:4000": "http://litellm:4000/v1/messages",
}


@pytest.mark.parametrize("text", TAKEN)
def test_it_is_taken_and_built_again(text: str) -> None:
    found = parse(text, LISTED)
    assert found.url("/v1/messages") == TAKEN[text]
    assert bool(found.notes) is text.endswith("/")


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("api.anthropic.com", "https://api.anthropic.com"),
        ("api.anthropic.com/v1/messages", "https://api.anthropic.com"),
        ("http://api.anthropic.com", "https://api.anthropic.com"),
        ("http://api.anthropic.com/v1", "https://api.anthropic.com"),
        ("https://claude.ai", "https://api.anthropic.com"),
        ("https://api.anthropics.com", "https://api.anthropic.com"),
        ("", "https://api.anthropic.com"),
        ("http://10.0.0.1:22", None),
    ],
)
def test_the_address_that_was_meant_is_suggested(text: str, suggestion: str | None) -> None:
    with pytest.raises(TargetRefused) as caught:
        parse(text)
    assert caught.value.suggestion == suggestion


def test_only_anthropics_own_host_counts_as_anthropic() -> None:
    assert parse("https://api.anthropic.com").anthropic
    assert not parse("https://api.anthropic.com.gateway.example").anthropic
    assert not parse("https://gateway.example.com/api.anthropic.com").anthropic


@given(st.text(max_size=80) | st.text(alphabet="htps:/.@[]#?\\%0123456789axv1-_ ", max_size=60).map("https://".__add__))
def test_whatever_is_typed_is_refused_or_a_plain_url(text: str) -> None:
    try:
        found = parse(text)
    except TargetRefused:
        return
    assert isinstance(found, Target)
    assert found.scheme == "https"
    assert found.port == 443
    again = parse(found.base)
    assert (again.host, again.path) == (found.host, found.path)


@pytest.mark.parametrize(
    "text",
    ["gateway.internal:4000", "https://gateway.internal", "https://x.y/z=10.0.0.0/8", "https://x.y:0=10.0.0.0/8"],
)
def test_a_listed_target_without_its_network_is_not_an_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as|number from"):
        parse_allowed(text)


def test_a_listed_target_is_scheme_host_port_and_network() -> None:
    entry = parse_allowed(" https://Gateway.internal:4000 = 10.20.0.0/16 ")
    assert entry == LISTED[0]
    assert parse_allowed("http://litellm=10.0.0.0/8").port == 80
    assert entry.matches("https", "gateway.internal", 4000)
    assert not entry.matches("http", "gateway.internal", 4000)
    assert not entry.matches("https", "gateway.internal", 443)
    assert not entry.matches("https", "x.gateway.internal", 4000)
