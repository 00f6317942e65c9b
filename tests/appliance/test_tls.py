"""TLS of the doors on real sockets: what is offered, and how a certificate is replaced."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector, WSMsgType, web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from practicebox.appliance.tls import CannotServe, ServedCertificate
from practicebox.appliance.tls_files import FileSource
from tests.appliance.tls_world import (
    Machine,
    careless,
    connection,
    echo,
    private_pem,
    self_signed,
    serial_at,
    trusting,
)


async def test_whoever_trusts_the_authority_trusts_the_doors(tmp_path: Path) -> None:
    served = ServedCertificate(Machine(tmp_path).source())
    assert served.status.anchor
    client = trusting(served.status.anchor)
    client.set_alpn_protocols(["h2", "http/1.1"])
    async with echo(served) as port:
        for host in ("localhost", "box.local", "192.168.7.20", "fd00:7::20"):
            async with connection(port, client, host) as (_, writer):
                found = writer.get_extra_info("ssl_object")
                assert (found.version(), found.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
        with pytest.raises(ssl.SSLCertVerificationError):
            async with connection(port, client, "bank.example"):
                pass


@pytest.mark.parametrize(
    ("arguments", "is_accepted"),
    [
        ("-tls1_3", True),
        ("-tls1_2", True),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", True),
        ("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", True),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256", False),  # CBC
        ("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", False),
        ("-tls1_2 -cipher AES128-GCM-SHA256", False),  # no forward secrecy
        ("-tls1_2 -cipher AECDH-AES128-SHA:@SECLEVEL=0", False),  # nobody vouches for the key
        ("-tls1_1 -cipher ALL:@SECLEVEL=0", False),
        ("-tls1 -cipher ALL:@SECLEVEL=0", False),
    ],
)
async def test_only_modern_tls_is_spoken(tmp_path: Path, arguments: str, is_accepted: bool) -> None:
    served = ServedCertificate(Machine(tmp_path).source())
    async with echo(served) as port:
        process = await asyncio.create_subprocess_exec(
            *("openssl", "s_client", "-connect", f"127.0.0.1:{port}", *arguments.split()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    assert (b"Cipher is (NONE)" not in said and process.returncode == 0) == is_accepted, said


async def test_a_renewal_leaves_open_websockets_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    served = ServedCertificate(machine.source())
    app = web.Application()
    app.router.add_get("/", _echo_messages)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served.context)
    await site.start()
    port = runner.addresses[0][1]
    async with ClientSession(connector=TCPConnector(ssl=careless())) as session:
        async with session.ws_connect(f"wss://127.0.0.1:{port}/") as socket:
            await socket.send_str("before")
            assert await socket.receive_str() == "before"
            first = await serial_at(port)
            machine.names.append("praxis-sonne.local")
            await served.refresh()
            assert await serial_at(port) != first
            await socket.send_str("after")
            assert await socket.receive_str() == "after"
    await runner.cleanup()


async def test_new_files_are_taken_over_by_themselves(tmp_path: Path) -> None:
    served = ServedCertificate(FileSource(*self_signed(tmp_path)))
    async with echo(served) as port:
        first = await serial_at(port)
        watching = asyncio.create_task(served.watch(0.01))
        self_signed(tmp_path)
        async with asyncio.timeout(10):
            while await serial_at(port) == first:
                pass
        watching.cancel()


async def test_a_name_that_was_just_chosen_is_in_the_certificate_at_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    served = ServedCertificate(machine.source())
    async with echo(served) as port:
        first = await serial_at(port)
        watching = asyncio.create_task(served.watch(3600))
        machine.names.append("praxis-sonne.local")
        served.look_soon()
        async with asyncio.timeout(10):
            while await serial_at(port) == first:
                pass
        watching.cancel()
    assert "praxis-sonne.local" in served.status.hosts


async def test_links_to_files_are_followed(tmp_path: Path) -> None:
    """certbot leaves the old files alone and points its links to new ones."""
    for name in ("old", "new", "live"):
        (tmp_path / name).mkdir()
    for name in ("old", "new"):
        self_signed(tmp_path / name, f"{name}.example")
    links = tmp_path / "live" / "certificate.pem", tmp_path / "live" / "key.pem"
    for link in links:
        link.symlink_to(tmp_path / "old" / link.name)
    served = ServedCertificate(FileSource(*links))
    for link in links:
        link.unlink()
        link.symlink_to(tmp_path / "new" / link.name)
    await served.refresh()
    assert served.status.hosts == ("new.example",)


async def test_a_broken_file_is_not_taken_over_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = self_signed(tmp_path)
    served = ServedCertificate(FileSource(certificate, key))
    good = certificate.read_bytes()
    async with echo(served) as port:
        first = await serial_at(port)
        for broken in (b"", b"nonsense", good[:100]):
            certificate.write_bytes(broken)
            await served.refresh()
            await served.refresh()
            assert await serial_at(port) == first
            assert served.status.refused and "PEM" in served.status.refused
        assert [r.msg for r in caplog.records if r.levelno >= logging.WARNING] == [
            "certificate_refused"
        ]
        certificate.write_bytes(good)
        await served.refresh()
        assert served.status.refused is None


async def test_a_pair_of_which_only_one_is_new_waits_for_the_other(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    served = ServedCertificate(FileSource(certificate, key))
    async with echo(served) as port:
        first = await serial_at(port)
        (tmp_path / "next").mkdir()
        new_certificate, new_key = self_signed(tmp_path / "next")
        new_certificate.replace(certificate)
        await served.refresh()
        assert await serial_at(port) == first
        assert served.status.refused and "does not belong" in served.status.refused
        new_key.replace(key)
        await served.refresh()
        assert await serial_at(port) != first
        assert served.status.refused is None


async def test_another_kind_of_key_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    served = ServedCertificate(FileSource(*self_signed(tmp_path, kind="2048")))
    wants_rsa = careless()
    wants_rsa.maximum_version = ssl.TLSVersion.TLSv1_2
    wants_rsa.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    async with echo(served) as port:
        first = await serial_at(port, wants_rsa)
        self_signed(tmp_path, kind="ec")
        await served.refresh()
        assert await serial_at(port) != first
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await serial_at(port, wants_rsa)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("missing", "can't be read (No such file"),
        ("no-certificate", "holds no PEM certificate"),
        ("no-key", "holds no private key"),
        ("other-key", "does not belong to"),
        ("password", "is protected by a password"),
        ("weak", "is too weak"),
    ],
)
def test_each_mistake_of_an_installer_has_its_sentence(
    tmp_path: Path, what: str, sentence: str
) -> None:
    certificate, key = self_signed(tmp_path, kind="1024" if what == "weak" else "ec")
    if what == "missing":
        key.unlink()
    elif what == "no-certificate":
        certificate.write_bytes(key.read_bytes())
    elif what == "no-key":
        key.write_bytes(certificate.read_bytes())
    elif what == "other-key":
        key.write_bytes(private_pem(ec.generate_private_key(ec.SECP256R1())))
    elif what == "password":
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        key.write_bytes(private_pem(loaded, password="secret"))
    with pytest.raises(CannotServe) as raised:
        ServedCertificate(FileSource(certificate, key))
    assert sentence in str(raised.value)


async def test_a_renewal_comes_before_two_thirds_of_the_life_are_over(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    served = ServedCertificate(machine.source())
    ends = served.status.ends
    machine.offset = timedelta(days=200)
    await served.refresh()
    assert served.status.ends == ends
    machine.offset = timedelta(days=397) * 2 / 3
    await served.refresh()
    assert served.status.ends > ends


async def _echo_messages(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket
