"""Reading a certificate's names and dates from bytes that nobody has checked."""

import datetime as dt
import ssl
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from core.net.certificate import read_certificate
from tests.probe.fake_server import HOST, Authority


def leaf(authority: Authority, tmp_path: Path, **options: object) -> bytes:
    authority.context(HOST, **options)  # type: ignore[arg-type]
    pem = sorted(Path(authority.file).parent.glob(f"* {HOST} *.pem"), key=lambda path: path.stat().st_mtime)[-1]
    return ssl.PEM_cert_to_DER_cert(pem.read_text().split("-----BEGIN EC")[0].split("-----BEGIN PRIVATE")[0])


def test_issuer_subject_and_dates_are_read(authority: Authority, tmp_path: Path) -> None:
    found = read_certificate(leaf(authority, tmp_path, days=(-7, 21)))
    assert found is not None
    assert (found.issuer, found.subject) == ("Test Authority", HOST)
    assert found.not_after is not None
    assert (found.not_after.date() - dt.datetime.now(dt.UTC).date()).days == 21
    assert not found.self_signed


def test_a_self_signed_one_is_recognised(authority: Authority, tmp_path: Path) -> None:
    certificate = read_certificate(leaf(authority, tmp_path, self_signed=True))
    assert certificate is not None
    assert certificate.self_signed


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_every_authority_of_mozilla_is_read_as_a_whole_parser_reads_it() -> None:
    blocks = Path(certifi.where()).read_text().split("-----BEGIN CERTIFICATE-----")[1:]
    assert len(blocks) > 100
    for block in blocks:
        pem = "-----BEGIN CERTIFICATE-----" + block.split("-----END")[0] + "-----END CERTIFICATE-----\n"
        der = ssl.PEM_cert_to_DER_cert(pem)
        found, wanted = read_certificate(der), x509.load_der_x509_certificate(der)
        assert found is not None
        assert (found.not_before, found.not_after) == (wanted.not_valid_before_utc, wanted.not_valid_after_utc)
        names = [each.value for each in wanted.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)]
        assert not names or str(names[0])[:40] in found.subject


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    read_certificate(data)


@given(st.integers(0, 2_000), st.integers(0, 255))
def test_a_damaged_certificate_does_not_raise(at: int, value: int) -> None:
    pem = Path(certifi.where()).read_text().split("-----END")[0].split("-----BEGIN CERTIFICATE-----")[1]
    der = bytearray(ssl.PEM_cert_to_DER_cert(f"-----BEGIN CERTIFICATE-----{pem}-----END CERTIFICATE-----\n"))
    der[at % len(der)] = value
    read_certificate(bytes(der))
