"""The box's own authority: what it may vouch for, and when its certificates are renewed."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from practicebox.appliance import certificate_pair, certificates
from practicebox.appliance.certificate_pair import NoCertificate, Pair, hosts_of

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOSTS = ("box.local", "localhost", "192.168.7.20", "fd00:7::20")
AUTHORITY = certificates.make_authority(NOW, "video.example.org")


def issued(*hosts: str, now: datetime = NOW, authority: Pair = AUTHORITY) -> Pair:
    return certificates.issue(authority, hosts or HOSTS, now)


def test_the_authority_can_only_sign_leaves_and_lasts_ten_years() -> None:
    found = AUTHORITY.certificate.extensions
    basic = found.get_extension_for_class(x509.BasicConstraints)
    usage = found.get_extension_for_class(x509.KeyUsage)
    assert basic.critical and basic.value.ca and basic.value.path_length == 0
    assert usage.critical and usage.value.key_cert_sign and not usage.value.digital_signature
    assert found.get_extension_for_class(x509.NameConstraints).critical
    assert timedelta(days=3650) < AUTHORITY.ends - NOW < timedelta(days=3655)


def test_two_boxes_have_authorities_of_different_names_and_serials() -> None:
    other = certificates.make_authority(NOW)
    assert other.certificate.subject != AUTHORITY.certificate.subject
    assert other.certificate.serial_number != AUTHORITY.certificate.serial_number


def test_the_authority_says_nothing_of_the_practice() -> None:
    [common] = AUTHORITY.certificate.subject
    assert str(common.value).startswith("PracticeBox ")
    assert len(str(common.value)) == len("PracticeBox 0123ABCD")


def test_a_certificate_is_one_that_browsers_take() -> None:
    leaf = issued().certificate
    found = leaf.extensions
    life = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert life <= timedelta(days=397)
    assert not found.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (
        found.get_extension_for_class(x509.ExtendedKeyUsage).value[0].dotted_string.endswith("3.1")
    )
    signer = found.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    subject = AUTHORITY.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert signer == subject.value.digest
    assert set(hosts_of(leaf)) == set(HOSTS)
    leaf.verify_directly_issued_by(AUTHORITY.certificate)


def test_no_certificate_outlives_the_authority() -> None:
    late = issued(now=AUTHORITY.ends - 10 * DAY)
    assert late.ends == AUTHORITY.ends


@pytest.mark.parametrize(
    ("host", "is_covered"),
    [
        ("praxis-sonne.local", True),
        ("localhost", True),
        ("video.example.org", True),
        ("example.org", False),
        ("notlocal", False),
        ("praxis.local.example.org", False),
        ("bank.example", False),
        ("10.255.0.1", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.0.1", True),
        ("169.254.9.9", True),
        ("127.0.0.1", True),
        ("100.64.0.1", False),
        ("8.8.8.8", False),
        ("::1", True),
        ("fd00::1", True),
        ("fe80::1", True),
        ("2001:db8::1", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_the_authority_covers_what_is_near_and_the_public_host(
    tmp_path: Path, host: str, is_covered: bool
) -> None:
    assert certificates.covers(AUTHORITY, host) == is_covered
    assert openssl_accepts(tmp_path, issued(host)) == is_covered


def test_a_public_address_instead_of_a_name_is_covered(tmp_path: Path) -> None:
    authority = certificates.make_authority(NOW, "203.0.113.7")
    assert certificates.covers(authority, "203.0.113.7")
    assert not certificates.covers(authority, "203.0.113.8")


@pytest.mark.parametrize(
    ("after", "hosts", "is_due"),
    [
        (timedelta(), HOSTS, False),
        (timedelta(), HOSTS[:2], False),  # one name less is no reason
        (timedelta(), (*HOSTS, "praxis-sonne.local"), True),
        (timedelta(), (*HOSTS, "192.168.7.21"), True),
        (200 * DAY, HOSTS, False),
        (397 * DAY * 2 / 3 - DAY, HOSTS, True),  # due before two thirds of its life are over
        (500 * DAY, HOSTS, True),
        (-2 * DAY, HOSTS, True),  # the clock was wrong when it was made
    ],
)
def test_a_certificate_is_renewed_in_time(
    after: timedelta, hosts: tuple[str, ...], is_due: bool
) -> None:
    assert certificates.is_due(issued(), AUTHORITY, hosts, NOW + after) == is_due


def test_a_certificate_of_another_authority_is_renewed() -> None:
    other = certificates.make_authority(NOW)
    assert certificates.is_due(issued(), other, HOSTS, NOW)


def test_the_end_of_the_authority_does_not_cause_a_renewal_at_every_look() -> None:
    now = AUTHORITY.ends - timedelta(hours=3)
    pair = issued(now=now)
    assert not certificates.is_due(pair, AUTHORITY, HOSTS, now + timedelta(hours=2))


def test_a_pair_survives_being_written_and_read() -> None:
    pair = issued()
    again = certificate_pair.read(pair.pem(), AUTHORITY.certificate)
    assert again.certificate == pair.certificate
    assert again.pem() == pair.pem()


def test_a_certificate_of_another_authority_is_no_pair() -> None:
    with pytest.raises(NoCertificate):
        certificate_pair.read(issued().pem(), certificates.make_authority(NOW).certificate)


def test_a_key_of_another_certificate_is_no_pair() -> None:
    mixed = Pair(issued().certificate, issued().key)
    with pytest.raises(NoCertificate):
        certificate_pair.read(mixed.pem(), AUTHORITY.certificate)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(st.integers(0, 2000), st.binary(max_size=40))
def test_damaged_bytes_raise_nothing_but_no_certificate(place: int, damage: bytes) -> None:
    pem = AUTHORITY.pem()
    damaged = pem[:place] + damage + pem[place + len(damage) :]
    try:
        assert certificate_pair.read(damaged).pem()
    except NoCertificate:
        pass


def test_no_key_is_in_the_representation() -> None:
    secret = AUTHORITY.key.private_numbers().private_value
    assert str(secret) not in repr(AUTHORITY)
    assert "PRIVATE" not in repr(AUTHORITY)


def openssl_accepts(folder: Path, leaf: Pair) -> bool:
    """What OpenSSL says of `leaf`, which trusts only the authority."""
    for name, pair in {"authority": AUTHORITY, "leaf": leaf}.items():
        pem = pair.certificate.public_bytes(serialization.Encoding.PEM)
        (folder / name).write_bytes(pem)
    command = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp()))]
    files = ["-CAfile", str(folder / "authority"), str(folder / "leaf")]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    assert done.returncode == 0 or "permitted subtree violation" in done.stderr
    return done.returncode == 0
