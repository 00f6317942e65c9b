"""The help page on plain HTTP: what it offers, to whom, and what it does not do."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from practicebox.appliance import addresses, certificates
from practicebox.appliance.tls import Status
from practicebox.appliance.trust_anchor import TrustAnchor
from practicebox.practice.words import word_list
from practicebox.web import doors, trust
from practicebox.web.render import render
from practicebox.web.trust_status import Concern, concern
from tests.web.staff_box import MONDAY, staff_box

ANCHOR = certificates.anchor_of(certificates.make_authority(MONDAY))
FINE = Status(
    mode="local",
    starts=MONDAY - timedelta(days=1),
    ends=MONDAY + timedelta(days=90),
    hosts=("box.local",),
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Help:
    """The help page of a box that is asked from the loopback."""

    client: TestClient[web.Request, web.Application]

    async def get(self, path: str = "/", **headers: str) -> tuple[int, str, dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(path, headers={"Accept": "text/html", **named}) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


@asynccontextmanager
async def help_page(folder: Path, staff_url: str = "https://box.local:8443") -> AsyncIterator[Help]:
    async with staff_box(folder, secure=True) as box:
        services = replace(box.services, staff_url=lambda: staff_url)
        app = trust.make_door(services, lambda host: host == "box.local", lambda: ANCHOR)
        client = await box.stack.enter_async_context(TestClient(TestServer(app)))
        yield Help(client)


async def test_the_certificate_is_offered_as_file_and_as_text(tmp_path: Path) -> None:
    async with help_page(tmp_path) as page:
        async with page.client.get("/practicebox-ca.crt") as answer:
            assert answer.content_type == "application/x-x509-ca-cert"
            found = x509.load_der_x509_certificate(await answer.read())
            assert found.fingerprint(hashes.SHA256()) == hashlib.sha256(ANCHOR.der).digest()
        async with page.client.get("/practicebox-ca.pem") as answer:
            text = await answer.read()
            assert x509.load_pem_x509_certificate(text) == found
            assert b"PRIVATE" not in text


async def test_fingerprint_and_words_are_on_the_page(tmp_path: Path) -> None:
    async with help_page(tmp_path) as page:
        _, text, _ = await page.get()
    digest = hashlib.sha256(ANCHOR.der).digest()
    assert "".join(trust.grouped(digest)) == digest.hex().upper()
    for group in trust.grouped(digest):
        assert f"<span>{group}</span>" in text
    assert " ".join(trust.check_words(digest)) in text


def test_the_words_are_the_first_66_bits() -> None:
    words = word_list()
    assert trust.check_words(bytes(32)) == [words[0]] * 6
    assert trust.check_words(b"\xff" * 32) == [words[2047]] * 6
    one = (1 << (256 - 66)).to_bytes(32)
    assert trust.check_words(one) == [*[words[0]] * 5, words[1]]
    below = ((1 << (256 - 66)) - 1).to_bytes(32)
    assert trust.check_words(below) == [words[0]] * 6


@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        (IPHONE, ["ios"]),
        (ANDROID, ["android"]),
        (WINDOWS, ["windows"]),
        (MAC, ["macos"]),
        (FIREFOX, ["linux", "firefox"]),
        ("something else", []),
        ("", []),
    ],
)
async def test_the_visitor_s_system_is_open_and_all_are_there(
    tmp_path: Path, agent: str, opened: list[str]
) -> None:
    async with help_page(tmp_path) as page:
        _, text, _ = await page.get(User_Agent=agent)
    systems = ["windows", "macos", "ios", "android", "linux", "firefox"]
    assert [name for name in systems if f'id="{name}" open>' in text] == opened
    assert all(f'id="{name}"' in text for name in systems)


async def test_the_page_speaks_german_and_english(tmp_path: Path) -> None:
    async with help_page(tmp_path) as page:
        _, german, _ = await page.get(Accept_Language="de-DE")
        _, english, _ = await page.get(Accept_Language="en-GB")
    assert "Fingerabdruck vergleichen" in german and "Zertifikatsvertrauenseinstellungen" in german
    assert "Compare the fingerprint" in english and "Certificate Trust Settings" in english


@pytest.mark.parametrize(
    ("came_by", "leads_to"),
    [
        ("box.local:8080", "https://box.local:8443/"),
        ("192.168.7.20:8080", "https://192.168.7.20:8443/"),
        ("[fd00:7::20]:8080", "https://[fd00:7::20]:8443/"),
    ],
)
async def test_the_test_leads_to_the_staff_door_by_the_same_way(
    tmp_path: Path, came_by: str, leads_to: str
) -> None:
    async with help_page(tmp_path) as page:
        _, text, _ = await page.get(Host=came_by)
    assert f'href="{leads_to}"' in text


async def test_a_name_that_certificates_can_not_hold_leads_to_the_one_they_do(
    tmp_path: Path,
) -> None:
    async with staff_box(tmp_path, secure=True) as box:
        services = replace(box.services, staff_url=lambda: "https://box.local:8443")
        app = trust.make_door(services, lambda host: host == "pi", lambda: ANCHOR)
        async with TestClient(TestServer(app)) as client:
            async with client.get("/", headers={"Host": "pi:8080"}) as answer:
                assert 'href="https://box.local:8443/"' in await answer.text()


async def test_headers_are_as_strict_as_on_the_doors_but_nothing_forces_https(
    tmp_path: Path,
) -> None:
    async with help_page(tmp_path) as page:
        for path in ("/", "/practicebox-ca.crt", "/nothing"):
            async with page.client.get(path) as answer:
                headers = answer.headers
            assert headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
            assert "Strict-Transport-Security" not in headers
            assert "Set-Cookie" not in headers


async def test_a_foreign_host_is_refused_and_nothing_else_is_served(tmp_path: Path) -> None:
    async with help_page(tmp_path) as page:
        assert (await page.get(Host="evil.example"))[0] == 421
        for path in ("/login", "/status", "/setup", "/visit", "/practicebox-ca.key"):
            assert (await page.get(path))[0] == 404
        async with page.client.post("/", headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403


async def test_nobody_from_the_internet_gets_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_near", lambda address, own: False)
    async with help_page(tmp_path) as page:
        assert (await page.get())[0] == 403
        assert (await page.get("/practicebox-ca.crt"))[0] == 403


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, Concern.NONE),
        ({"ends": MONDAY}, Concern.EXPIRED),
        ({"starts": MONDAY + timedelta(hours=1)}, Concern.EXPIRED),
        ({"refused": "It is broken."}, Concern.REFUSED),
        ({"ends": MONDAY + timedelta(days=13)}, Concern.SOON),
        ({"left_out": ("video.example.org",)}, Concern.LEFT_OUT),
        (
            {"anchor": TrustAnchor("PracticeBox", b"", MONDAY + timedelta(days=300))},
            Concern.TRUST,
        ),
        ({"anchor": ANCHOR}, Concern.NONE),
    ],
)
def test_the_status_page_says_the_worst_first(changes: dict[str, object], found: Concern) -> None:
    assert concern(replace(FINE, **changes), MONDAY) is found  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"anchor": ANCHOR}, "Die Box erneuert ihr Zertifikat selbst"),
        ({"mode": "files"}, "Das Zertifikat gilt bis 18.04.2027."),
        ({"ends": MONDAY}, "Das Zertifikat gilt heute nicht"),
        ({"refused": "The key is <broken>."}, "The key is &lt;broken&gt;."),
        ({"ends": MONDAY + timedelta(days=13)}, "niemand hat es erneuert"),
        ({"left_out": ("video.example.org",)}, "gilt nicht für video.example.org"),
        ({"anchor": replace(ANCHOR, ends=MONDAY + timedelta(days=9))}, "Am 27.01.2027 endet das"),
    ],
)
async def test_the_status_page_has_a_sentence_for_everything(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    status = replace(FINE, **changes)  # type: ignore[arg-type]  # any field
    context: dict[str, object] = {
        "certificate": status,
        "concern": concern(status, MONDAY),
        "help_address": "http://192.168.7.20:8080/",
        "zone": ZoneInfo("Europe/Berlin"),
        **(trust.marks(status.anchor) if status.anchor else {}),
    }
    routes = web.RouteTableDef()

    @routes.get("/")
    async def page(request: web.Request) -> web.Response:
        return render(request, "trust_status.html", context)

    async with staff_box(tmp_path) as box:
        app = doors.build(box.services, box.services.staff, [routes])
        async with TestClient(TestServer(app)) as client, client.get("/") as answer:
            text = await answer.text()
    assert words in text
    assert ("http://192.168.7.20:8080/" in text) == (status.anchor is not None)
