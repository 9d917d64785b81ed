"""The doctor on settings that several replicas need; each of its other checks is tested with what it looks at."""

from pathlib import Path

import pytest

from core.doctor import Check, examine

POSTGRES = "postgresql://nobody@127.0.0.1:1/none"
SECRETS = {"RECONNECT_SECRET": "a secret for tests", "STREAMLIT_SERVER_COOKIE_SECRET": "another one for cookies"}


def replicas(folder: Path, **environ: str) -> Check:
    """The one check, of a portal with these variables."""
    checks = {check.name: check for check in examine({"RECONNECT_DATA_DIR": str(folder), **environ})}
    return checks["replicas"]


def test_one_process_on_sqlite_needs_nothing(tmp_path: Path):
    assert replicas(tmp_path).passed
    assert replicas(tmp_path, RECONNECT_DATABASE_URL=f"sqlite:///{tmp_path}/other.db").passed


def test_postgres_with_both_secrets_is_ready(tmp_path: Path):
    assert replicas(tmp_path, RECONNECT_DATABASE_URL=POSTGRES, **SECRETS).passed


@pytest.mark.parametrize("missing", [*SECRETS, ""])
def test_what_replicas_must_share_is_named(tmp_path: Path, missing: str):
    environ = {name: "" if missing in (name, "") else value for name, value in SECRETS.items()}
    check = replicas(tmp_path, RECONNECT_DATABASE_URL=POSTGRES, **environ)
    assert not check.passed
    assert all((name in check.sentence) is (not environ[name]) for name in SECRETS)


def test_no_value_is_shown(tmp_path: Path):
    sentences = " ".join(
        check.sentence
        for check in examine({"RECONNECT_DATA_DIR": str(tmp_path), "RECONNECT_DATABASE_URL": POSTGRES, **SECRETS})
    )
    assert not [value for value in (*SECRETS.values(), "nobody@") if value in sentences]


def live_tests(folder: Path, **environ: str) -> Check:
    """The check of what a test of a key goes out with."""
    checks = {check.name: check for check in examine({"RECONNECT_DATA_DIR": str(folder), **environ})}
    return checks["live tests"]


def test_what_a_live_test_goes_out_with_is_made_once(tmp_path: Path):
    assert live_tests(tmp_path).sentence == "go out directly and trust Mozilla's authorities"
    sentence = live_tests(tmp_path, RECONNECT_EGRESS_PROXY="http://us:planted@proxy.example:3128").sentence
    assert sentence == "go out through proxy.example:3128 and trust Mozilla's authorities"


def test_authorities_that_cannot_be_read_are_reported_before_a_test_needs_them(tmp_path: Path):
    checks = {check.name: check for check in examine({"RECONNECT_CA_FILE": str(tmp_path / "none.pem")})}
    assert not checks["settings"].passed
    assert checks["settings"].sentence.startswith("RECONNECT_CA_FILE must be ")


def name_lookup(folder: Path, **environ: str) -> Check:
    """The check of the name that every live test looks up."""
    checks = {check.name: check for check in examine({"RECONNECT_DATA_DIR": str(folder), **environ})}
    return checks["name lookup"]


def test_behind_a_proxy_its_name_is_the_one_that_is_looked_up(tmp_path: Path):
    check = name_lookup(tmp_path, RECONNECT_EGRESS_PROXY="http://us:planted@localhost:3128")
    assert check == Check("name lookup", passed=True, sentence="localhost resolves")


def test_a_name_that_gives_no_address_is_reported_in_the_words_of_a_test(tmp_path: Path):
    check = name_lookup(tmp_path, RECONNECT_EGRESS_PROXY="http://proxy.invalid:3128")
    assert check.passed
    assert "proxy.invalid" in check.sentence
    assert check.sentence.endswith("; live tests cannot reach Anthropic, diagnosis works")


def test_a_cookie_secret_that_anybody_can_guess_is_reported(tmp_path: Path):
    guessable = {**SECRETS, "STREAMLIT_SERVER_COOKIE_SECRET": "change-me-change-me"}
    check = replicas(tmp_path, RECONNECT_DATABASE_URL=POSTGRES, **guessable)
    assert not check.passed
    assert check.sentence.startswith("STREAMLIT_SERVER_COOKIE_SECRET must be another secret: ")
    assert "change" not in check.sentence
