"""Settings: read, refused in one sentence, shown without their secrets."""

import datetime as dt
import secrets
import uuid
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import certifi
import pytest
import re2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.doctor import examine
from core.net.addresses import AddressRefused, check
from core.net.base_url import AllowedTarget, parse
from core.net.cidr import NEVER_CALLED
from core.probe.policy import from_settings
from core.settings import PREFIX, Settings, SettingsError, load, settings_table

READ = [
    ("DATA_DIR", "/srv/reconnect", "data_dir", Path("/srv/reconnect")),
    ("DATABASE_URL", "postgresql://db.example/reconnect", "database_url", "postgresql+psycopg://db.example/reconnect"),
    ("BASE_URL", "https://help.example.com/", "base_url", "https://help.example.com"),
    ("SUPPORT_CONTACT", "help@example.com", "support_contact", "help@example.com"),
    ("SECRET", "a-long-enough-secret", "secret", "a-long-enough-secret"),
    ("INTAKE_TOKEN", "a-long-enough-token", "intake_token", "a-long-enough-token"),
    (
        "ALLOWED_TARGETS",
        "https://LiteLLM.internal:4000=10.0.0.0/8, http://gateway=10.1.0.7/32",
        "allowed_targets",
        ("https://litellm.internal:4000=10.0.0.0/8", "http://gateway=10.1.0.7/32"),
    ),
    ("BLOCKED_NETWORKS", "198.20.0.0/16, 2a00:1::/32", "blocked_networks", ("198.20.0.0/16", "2a00:1::/32")),
    (
        "ALLOWED_TARGETS",
        "https://gw=10.0.0.0/8, https://gw=fd00:7::/48, https://[FD00:0::7]:4000=fd00::/8, http://localhost=127.0.0.1,",
        "allowed_targets",
        (
            "https://gw=10.0.0.0/8",
            "https://gw=fd00:7::/48",
            "https://[fd00:0::7]:4000=fd00::/8",
            "http://localhost=127.0.0.1/32",
        ),
    ),
    ("ALLOWED_TARGETS", "https://gw=::ffff:10.20.0.0/112", "allowed_targets", ("https://gw=10.20.0.0/16",)),
    ("BASE_URL", "HTTPS://help.example.com:8443/portal/", "base_url", "https://help.example.com:8443/portal"),
    ("BASE_URL", "http://[fd00::7]:8501", "base_url", "http://[fd00::7]:8501"),
    ("SUPPORT_CONTACT", "HTTPS://help.example.com/?q=n8n", "support_contact", "https://help.example.com/?q=n8n"),
    ("SUPPORT_CONTACT", "the n8n team, room 5: @help", "support_contact", "the n8n team, room 5: @help"),
    ("DATABASE_URL", "sqlite:////srv/x.db", "database_url", "sqlite:////srv/x.db"),
    ("EGRESS_PROXY", "http://us%40er:p@ss@proxy.example", "egress_proxy", "http://us%40er:p@ss@proxy.example"),
    ("CA_FILE", certifi.where(), "ca_file", Path(certifi.where())),
    ("EGRESS_PROXY", "http://proxy.example:3128", "egress_proxy", "http://proxy.example:3128"),
    ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
]

NUMBERS = {"TESTS_PER_SESSION": 100_000, "TESTS_PER_ADDRESS": 100_000, "TESTS_PER_TARGET": 100_000,
           "TESTS_IN_ALL": 100_000, "NOTEBOOK_DAYS": 3_650}  # fmt: skip
"""Settings that are whole numbers, with the largest that each takes."""

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
    *((name, text) for name in NUMBERS for text in ("many", "0", "00", "-1", "1.5", "1e3", "٣", "9" * 5_000)),
]


PRIVATE = {"DATABASE_URL", "SECRET", "INTAKE_TOKEN", "EGRESS_PROXY"}

WITHOUT_EFFECT = [
    # left over from an example, or never filled in
    *(
        (name, "${SOMETHING_UNSET}", "placeholder")
        for name in ("SECRET", "BASE_URL", "SUPPORT_CONTACT", "DATABASE_URL")
    ),
    ("DATA_DIR", "$HOME/reconnect", "placeholder"),
    ("SUPPORT_CONTACT", "<your team>", "placeholder"),
    ("BASE_URL", '"https://help.example.com"', "quotes"),
    ("SECRET", "'hUj3kq0Zp5vWm2Xy8s'", "quotes"),
    ("SECRET", "changeme-changeme-now", "guess"),
    ("SECRET", "your-secret-goes-here", "guess"),
    ("INTAKE_TOKEN", "replace_me_with_a_token", "guess"),
    ("SECRET", "aaaaaaaaaaaaaaaaaaaa", "repeats"),
    ("SECRET", "abcd1234abcd1234abcd1234", "repeats"),
    ("SECRET", "abcdefghijklmnopqrst", "in their order"),
    ("SECRET", "1234567890123456", "in their order"),
    ("INTAKE_TOKEN", "two lines\nthat no header takes", "no header can carry"),
    ("INTAKE_TOKEN", "größer-als-erlaubt-1x", "no header can carry"),
    # paths
    ("DATA_DIR", "~nobody-of-this-name/x", "no such user"),
    ("CA_FILE", "~nobody-of-this-name/x.pem", "no such user"),
    # databases
    ("DATABASE_URL", "sqlite://", "names no file"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no file"),
    ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true", "names no file"),
    ("DATABASE_URL", "sqlite:///x.db?mode=ro", "no options"),
    ("DATABASE_URL", "sqlite://srv/x.db", "three slashes"),
    ("DATABASE_URL", "postgres://db.example/x", "begin with"),
    ("DATABASE_URL", "postgresql://db.example:port/x", "no address"),
    ("DATABASE_URL", "postgresql://db.example:99999/x", "port"),
    ("DATABASE_URL", "postgresql://db.example/x, postgresql://db.example/y", "more than one"),
    # the portal's own address
    ("BASE_URL", "help.example.com", "begin with"),
    ("BASE_URL", "ftp://help.example.com", "begin with"),
    ("BASE_URL", "javascript:alert(1)", "begin with"),
    ("BASE_URL", "https://", "whole address"),
    ("BASE_URL", "https://me:word@help.example.com", "user name"),
    ("BASE_URL", "https://help.example.com/#case", "? or #"),
    ("BASE_URL", "https://help.example.com:0", "port"),
    ("BASE_URL", "https://help..example.com", "dot or dash"),
    ("BASE_URL", "https://0.0.0.0:8501", "leads nowhere"),
    ("BASE_URL", "http://[::]:8501", "leads nowhere"),
    ("BASE_URL", "http://10.0.0.300", "no valid address"),
    ("BASE_URL", "https://help.example.com, https://other.example.com", "whole address"),
    ("BASE_URL", "https://help.example.com/a b", "whole address"),
    # the support contact
    ("SUPPORT_CONTACT", "javascript:alert(1)", "begin with"),
    ("SUPPORT_CONTACT", "data:text/html,x", "begin with"),
    ("SUPPORT_CONTACT", "ftp://help.example.com", "begin with"),
    ("SUPPORT_CONTACT", "mailto:help@example.com", "begins with mailto:"),
    ("SUPPORT_CONTACT", "https://", "whole address"),
    ("SUPPORT_CONTACT", "https://me:word@help.example.com", "every visitor sees it"),
    ("SUPPORT_CONTACT", "@support", "e-mail"),
    ("SUPPORT_CONTACT", "help@", "e-mail"),
    ("SUPPORT_CONTACT", "x" * 201, "too long"),
    # gateways
    ("ALLOWED_TARGETS", ",", "names nothing"),
    ("ALLOWED_TARGETS", "https://gateway.internal=0.0.0.0/0", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=::/0", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=0.0.0.0/1", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.0.0.0/7", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=::ffff:0:0/96", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=2000::/3", "far more"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.0.0.0/0.0.0.0", "inside the network 0.0.0.0/0"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.20.0.5/16", "inside the network 10.20.0.0/16"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.20.0.0/33", "no network"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.20.0.0/16;https://b.internal", "no network"),
    ("ALLOWED_TARGETS", "https://gateway.internal=fe80::%eth0/64", "zone"),
    ("ALLOWED_TARGETS", "https://gateway.internal=169.254.0.0/16", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://gateway.internal=169.254.169.254", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://gateway.internal=::ffff:169.254.169.254", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://gateway.internal=169.0.0.0/8", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://gateway.internal=fd00:ec2::254", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://gateway.internal=224.0.0.0/8", "no gateway can be"),
    ("ALLOWED_TARGETS", "https://10.1.0.7:4000=10.2.0.0/16", "outside its network"),
    ("ALLOWED_TARGETS", "https://[fd00::7]:4000=10.2.0.0/16", "outside its network"),
    ("ALLOWED_TARGETS", "https://gateway..internal=10.0.0.0/8", "no test can call it"),
    ("ALLOWED_TARGETS", "https://10.1=10.0.0.0/8", "no test can call it"),
    ("ALLOWED_TARGETS", "https://console.anthropic.com=10.0.0.0/8", "no test can call it"),
    ("ALLOWED_TARGETS", "https://api.antropic.com=10.0.0.0/8", "no test can call it"),
    ("ALLOWED_TARGETS", "ftp://gateway.internal=10.0.0.0/8", "scheme and host"),
    ("ALLOWED_TARGETS", "https://me:word@gateway.internal=10.0.0.0/8", "scheme and host"),
    ("ALLOWED_TARGETS", "https://gateway.internal/v1=10.0.0.0/8", "scheme and host"),
    ("ALLOWED_TARGETS", "https://gateway.internal:99999=10.0.0.0/8", "no test can call it"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.0.0.0/8, https://gateway.internal=10.1.0.0/16", "twice"),
    ("ALLOWED_TARGETS", "https://gateway.internal=10.1.0.0/16,https://GATEWAY.internal:443=10.1.0.0/16", "twice"),
    # networks that count as inside
    ("BLOCKED_NETWORKS", " , ", "names nothing"),
    ("BLOCKED_NETWORKS", "0.0.0.0/0", "every address"),
    ("BLOCKED_NETWORKS", "::/0", "every address"),
    ("BLOCKED_NETWORKS", "::ffff:0:0/96", "every address"),
    ("BLOCKED_NETWORKS", "160.79.104.10", "Anthropic itself"),
    ("BLOCKED_NETWORKS", "160.0.0.0/8", "Anthropic itself"),
    ("BLOCKED_NETWORKS", "2607:6bc0::/32", "Anthropic itself"),
    ("BLOCKED_NETWORKS", "::ffff:160.79.104.0/119", "Anthropic itself"),
    ("BLOCKED_NETWORKS", "::ffff:8.8.8.1/120", "inside the network"),
    ("BLOCKED_NETWORKS", "::ffc0:0:0/90", "mixes IPv4 and IPv6"),
    ("BLOCKED_NETWORKS", "198.20.0.0/16, 198.20.5.0/24", "twice"),
    ("BLOCKED_NETWORKS", "198.20.0.0/16,198.20.0.0/16", "twice"),
    ("BLOCKED_NETWORKS", "8.8.8.0/24, ::ffff:8.8.8.0/120", "twice"),
    ("BLOCKED_NETWORKS", "help.example.com", "no network"),
    ("BLOCKED_NETWORKS", "198.20.0.0/16 198.21.0.0/16", "no network"),
    # numbers
    ("TESTS_IN_ALL", "many", "no whole number"),
    ("TESTS_IN_ALL", "0", "too small"),
    ("TESTS_IN_ALL", "100001", "too large"),
    ("NOTEBOOK_DAYS", "3651", "too large"),
    ("NOTEBOOK_DAYS", "000000000000000000009999", "too large"),
    # the proxy
    ("EGRESS_PROXY", "socks5://proxy.example:1080", "begin with"),
    ("EGRESS_PROXY", "http://proxy.example:3128/proxy.pac", "follows"),
    ("EGRESS_PROXY", "http://proxy.example:3128?x=1", "follows"),
    ("EGRESS_PROXY", "http://proxy.example:3128,http://other.example:3128", "whole address"),
    ("EGRESS_PROXY", "http://proxy..example:3128", "dot or dash"),
    ("EGRESS_PROXY", "http://0.0.0.0:3128", "leads nowhere"),
]
"""Values that would do nothing, or more than is meant."""

MEANT = [
    ("::ffff:8.8.8.0/120", ("8.8.8.0/24",)),
    ("::FFFF:808:800/120, 198.20.0.0/255.255.0.0", ("8.8.8.0/24", "198.20.0.0/16")),
    ("8.8.8.8", ("8.8.8.8/32",)),
    ("2a00:1::/32,", ("2a00:1::/32",)),
    ("10.0.0.0/8", ("10.0.0.0/8",)),
]


def test_every_setting_is_read_here():
    assert {variable for variable, *_ in READ} | set(NUMBERS) == {each.name.upper() for each in fields(Settings)}


def test_without_variables_every_setting_has_a_usable_default():
    assert load({}) == Settings()
    assert load({}).database_url is None
    assert load({}).allowed_targets == ()


@pytest.mark.parametrize(("variable", "text", "name", "value"), READ)
def test_a_variable_becomes_a_typed_value(variable, text, name, value):
    assert getattr(load({PREFIX + variable: text}), name) == value


@pytest.mark.parametrize(("variable", "text"), REFUSED)
def test_a_bad_value_is_refused_in_one_sentence_that_names_the_variable_and_what_was_read(variable, text):
    sentence = refusal(variable, text)
    assert sentence.startswith(f"{PREFIX}{variable} must be ")
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "Invalid" not in sentence, "Python's words"
    if variable in PRIVATE:
        assert text not in sentence
    else:
        assert "not “" in sentence


@pytest.mark.parametrize(("variable", "text", "reason"), WITHOUT_EFFECT)
def test_a_value_that_cannot_do_what_its_setting_says_stops_the_start(variable, text, reason):
    sentence = refusal(variable, text)
    assert sentence.startswith(f"{PREFIX}{variable} must be ")
    assert reason in sentence


@pytest.mark.parametrize(("variable", "text", "reason"), WITHOUT_EFFECT)
def test_the_doctor_says_the_same(tmp_path, variable, text, reason):
    environ = {PREFIX + "DATA_DIR": str(tmp_path), PREFIX + variable: text}
    check = next(examine(environ))
    assert (check.name, check.passed) == ("settings", False)
    assert without_fingerprints(check.sentence) == without_fingerprints(refusal(variable, text))


def without_fingerprints(sentence):
    """A sentence as it is for every salt."""
    return re2.sub("#[0-9a-f]{6}", "#", sentence)


def refusal(variable, text):
    """The sentence that stops the start."""
    with pytest.raises(SettingsError) as refused:
        load({PREFIX + variable: text})
    return str(refused.value)


@pytest.mark.parametrize("variable", NUMBERS)
def test_a_number_is_taken_up_to_its_largest(variable):
    name, most = variable.lower(), NUMBERS[variable]
    for text, value in (("1", 1), (" 42 ", 42), ("007", 7), (str(most), most)):
        assert getattr(load({PREFIX + variable: text}), name) == value
    assert f"a whole number from 1 to {most:,}, not " in refusal(variable, str(most + 1))


@pytest.mark.parametrize(("text", "value"), MEANT)
def test_a_network_is_kept_as_what_it_means(text, value):
    assert load({"RECONNECT_BLOCKED_NETWORKS": text}).blocked_networks == value


def test_a_blocked_network_in_its_ipv6_spelling_blocks():
    around = from_settings(load({"RECONNECT_BLOCKED_NETWORKS": "::ffff:8.8.8.0/120"}))
    target = parse("https://gateway.example.com")
    for address in ("8.8.8.8", "::ffff:8.8.8.8"):
        with pytest.raises(AddressRefused):
            check(target, [address], around.allowed, around.blocked)
    assert check(target, ["8.8.9.9"], around.allowed, around.blocked)


def test_a_blocked_network_inside_a_gateways_stops_the_start_and_the_other_way_round_works():
    wide = {
        "RECONNECT_ALLOWED_TARGETS": "https://gateway.example.com=198.20.0.0/16",
        "RECONNECT_BLOCKED_NETWORKS": "198.20.5.0/24",
    }
    with pytest.raises(SettingsError, match=r"RECONNECT_BLOCKED_NETWORKS must be .* not “198.20.5.0/24”"):
        load(wide)
    small = {
        "RECONNECT_ALLOWED_TARGETS": "https://gateway.example.com=198.20.5.0/24",
        "RECONNECT_BLOCKED_NETWORKS": "198.20.0.0/16",
    }
    around = from_settings(load(small))
    listed, other = parse("https://gateway.example.com"), parse("https://other.example.com")
    assert check(listed, ["198.20.5.7"], around.allowed, around.blocked)
    with pytest.raises(AddressRefused):
        check(other, ["198.20.5.7"], around.allowed, around.blocked)


def test_n8n_never_gets_the_secret_that_fingerprints_are_made_with():
    same = "hUj3kq0Zp5vWm2Xy8s"
    with pytest.raises(SettingsError, match="RECONNECT_INTAKE_TOKEN must be another secret") as refused:
        load({"RECONNECT_SECRET": same, "RECONNECT_INTAKE_TOKEN": same})
    assert same not in str(refused.value)


@pytest.mark.parametrize("network", [str(each) for each in NEVER_CALLED if each.prefixlen == each.max_prefixlen])
def test_where_a_cloud_hands_out_credentials_is_never_called_though_a_gateways_network_holds_it(network):
    address = network.partition("/")[0]
    wide = "fc00::/7" if ":" in address else f"{address.partition('.')[0]}.0.0.0/8"
    entry = AllowedTarget(scheme="https", host="gateway.internal", port=443, network=wide)
    with pytest.raises(AddressRefused):
        check(parse("https://gateway.internal", [entry]), [address], [entry])


def test_a_secret_in_a_value_is_not_printed():
    key = "sk-ant-" + "api03-" + "Zx9kQ2mVb7" * 9
    sentence = refusal("BASE_URL", f"ftp://help.example.com/{key}")
    assert key[20:50] not in sentence


def test_a_file_in_the_folders_place_stops_the_start(tmp_path):
    file = tmp_path / "file"
    file.touch()
    assert "it is a file" in refusal("DATA_DIR", str(file))
    assert "it names a folder" in refusal("DATABASE_URL", f"sqlite:///{tmp_path}")


def test_authorities_that_have_expired_stop_the_start(tmp_path):
    file = tmp_path / "old.pem"
    file.write_bytes(expired_authority())
    assert "expired" in refusal("CA_FILE", str(file))


def expired_authority():
    """A certificate authority that ended a day ago."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Company CA")])
    key = ec.generate_private_key(ec.SECP256R1())
    ended = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, ended - dt.timedelta(days=9), ended)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize("text", ["", "\n\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_without_certificates_stops_the_start(tmp_path, text):
    file = tmp_path / "none.pem"
    file.write_text(text)
    assert refusal("CA_FILE", str(file)).startswith("RECONNECT_CA_FILE must be ")


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_random_secrets_of_every_usual_make_are_taken(bits):
    for _ in range(200):
        for made in (secrets.token_hex(8 * bits), secrets.token_urlsafe(12 * bits), str(uuid.uuid4())):
            assert load({"RECONNECT_SECRET": made}).secret == made


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
