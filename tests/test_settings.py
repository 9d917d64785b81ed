"""Settings: read, refused in one sentence, shown without their secrets."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import certifi
import pytest

from core.settings import PREFIX, Settings, SettingsError, load, settings_table

READ = [
    ("DATA_DIR", "/srv/reconnect", "data_dir", Path("/srv/reconnect")),
    ("DATABASE_URL", "postgresql://db.example/reconnect", "database_url", "postgresql+psycopg://db.example/reconnect"),
    ("BASE_URL", "https://help.example.com/", "base_url", "https://help.example.com"),
    ("SUPPORT_CONTACT", "help@example.com", "support_contact", "help@example.com"),
    ("SECRET", "a-long-enough-secret", "secret", "a-long-enough-secret"),
    (
        "ALLOWED_TARGETS",
        "https://LiteLLM.internal:4000=10.0.0.0/8, http://gateway=10.1.0.7/32",
        "allowed_targets",
        ("https://litellm.internal:4000=10.0.0.0/8", "http://gateway=10.1.0.7/32"),
    ),
    ("BLOCKED_NETWORKS", "198.20.0.0/16, 2a00:1::/32", "blocked_networks", ("198.20.0.0/16", "2a00:1::/32")),
    ("CA_FILE", certifi.where(), "ca_file", Path(certifi.where())),
    ("EGRESS_PROXY", "http://proxy.example:3128", "egress_proxy", "http://proxy.example:3128"),
    ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
]

REFUSED = [
    ("DATABASE_URL", "mysql://db/x"),
    ("BASE_URL", "portal.local"),
    ("BASE_URL", "https://help.example.com/?id=3"),
    ("BASE_URL", "https://[help.example.com"),
    ("BASE_URL", "https://help.example.com:99999"),
    ("SUPPORT_CONTACT", "two\nlines"),
    ("SECRET", "short"),
    ("INTAKE_TOKEN", "short"),
    ("ALLOWED_TARGETS", "https://litellm.internal/v1"),
    ("ALLOWED_TARGETS", "litellm.internal:4000"),
    ("ALLOWED_TARGETS", "https://litellm.internal:port=10.0.0.0/8"),
    ("ALLOWED_TARGETS", "https://litellm.internal"),
    ("BLOCKED_NETWORKS", "198.20.0.1/16"),
    ("EGRESS_PROXY", "https://proxy.example:3128"),
    ("EGRESS_PROXY", "proxy.example:3128"),
    ("EGRESS_PROXY", "http://proxy.example:99999"),
    ("EGRESS_PROXY", "http://proxy.example:0"),
    ("EGRESS_PROXY", "http://[proxy.example:3128"),
    ("CA_FILE", "/nonexistent/company.pem"),
    ("CA_FILE", "/"),
    ("CA_FILE", __file__),
    ("LOG_LEVEL", "loud"),
]


def test_without_variables_every_setting_has_a_usable_default():
    assert load({}) == Settings()
    assert load({}).database_url is None
    assert load({}).allowed_targets == ()


@pytest.mark.parametrize(("variable", "text", "name", "value"), READ)
def test_a_variable_becomes_a_typed_value(variable, text, name, value):
    assert getattr(load({PREFIX + variable: text}), name) == value


@pytest.mark.parametrize(("variable", "text"), REFUSED)
def test_a_bad_value_is_refused_in_one_sentence_that_names_the_variable_and_hides_the_value(variable, text):
    with pytest.raises(SettingsError) as refusal:
        load({PREFIX + variable: text})
    sentence = str(refusal.value)
    assert sentence.startswith(PREFIX + variable)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Invalid" not in sentence, "Python's words"
    assert text not in sentence


def test_a_misspelled_variable_is_refused_with_the_right_name():
    with pytest.raises(SettingsError, match="did you mean RECONNECT_DATABASE_URL"):
        load({"RECONNECT_DATABSE_URL": "sqlite:///x.db"})


def test_without_a_database_address_it_is_a_file_in_the_data_folder():
    assert load({"RECONNECT_DATA_DIR": "/srv/r"}).database_address == "sqlite:////srv/r/reconnect.db"


def test_an_empty_variable_counts_as_not_set_and_foreign_variables_are_ignored():
    assert load({"RECONNECT_BASE_URL": "  ", "PATH": "/bin"}) == Settings()


def test_secrets_are_not_part_of_the_printed_form():
    settings = load({"RECONNECT_SECRET": "planted-secret-value", "RECONNECT_INTAKE_TOKEN": "planted-secret-token"})
    assert "planted" not in repr(settings)


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        load({}).log_level = "DEBUG"


def test_the_table_lists_every_setting_with_one_sentence():
    rows = settings_table().splitlines()[2:]
    assert len(rows) == len(fields(Settings))
    for row, each in zip(rows, fields(Settings), strict=True):
        assert row.startswith(f"| `{PREFIX}{each.name.upper()}` |")
        assert each.metadata["doc"].endswith(".")
