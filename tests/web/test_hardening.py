"""One test for each promise that protects the doors."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from practicebox.web.guard import host_is_ours
from practicebox.web.headers import ALWAYS, OF_FILES
from practicebox.web.keys import Door
from practicebox.web.render import templates_folder
from practicebox.web.staff.door import TABLES
from tests.web.both_doors import Doors, both_doors

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with both_doors(tmp_path) as opened:
        yield opened


async def test_every_answer_carries_the_strict_headers(doors: Doors) -> None:
    appointment = await doors.plan()
    for browser, path in [
        (doors.staff, "/"),
        (doors.staff, "/nothing"),
        (doors.staff, f"/appointments/{appointment.id}/letter.pdf"),
        (doors.patient, "/"),
        (doors.patient, "/nothing"),
    ]:
        async with browser.client.get(path) as answer:
            for name, value in ALWAYS.items():
                assert answer.headers[name] == value, path
            assert "Server" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"


async def test_files_may_be_kept_and_are_nothing_but_files(doors: Doors) -> None:
    async with doors.patient.client.get(doors.box.services.static.url("css/base.css")) as answer:
        for name, value in OF_FILES.items():
            assert answer.headers[name] == value
        assert "immutable" in answer.headers["Cache-Control"]


async def test_staff_routes_do_not_exist_on_the_patient_door(doors: Doors) -> None:
    appointment = await doors.plan()
    for table in TABLES:
        for route in table:
            path = getattr(route, "path", "").replace("{id}", appointment.id)
            path = re.sub(r"\{what:.*?\}", "cancel", path)
            path = re.sub(r"\{day.*\}", "2027-01-19", path)
            if path == "/":
                continue
            assert (await doors.patient.get(path)).status == 404, path


async def test_nobody_sees_a_staff_page_without_signing_in(doors: Doors) -> None:
    appointment = await doors.plan()
    stranger = await doors.box.other_browser()
    for path in (
        "/",
        "/appointments",
        f"/appointments/{appointment.id}",
        f"/appointments/{appointment.id}/letter.pdf",
        "/days/2027-01-19/letters.pdf",
        f"/appointments/{appointment.id}/consultation",
        "/users",
        "/devices",
        "/organisation",
        "/status",
    ):
        assert (await stranger.get(path)).location == "/login", path
    page = await stranger.post(f"/appointments/{appointment.id}/delete", {})
    assert page.location == "/login"
    assert (await doors.box.store.appointments.get(appointment.id)).state == "planned"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_post_from_another_page_is_refused(doors: Doors, headers: dict[str, str]) -> None:
    client = doors.staff.client
    if "Sec-Fetch-Site" in headers:
        headers = {**headers, "Origin": f"http://{client.host}:{client.port}"}
    async with client.post("/logout", headers=headers, allow_redirects=False) as answer:
        assert answer.status == 403
    assert (await doors.staff.get("/")).status == 200


async def test_a_websocket_from_another_page_is_refused(doors: Doors) -> None:
    appointment = await doors.plan()
    for path in ("/presence", f"/appointments/{appointment.id}/signal"):
        with pytest.raises(WSServerHandshakeError) as caught:
            await doors.staff.client.ws_connect(path, origin="https://evil.example")
        assert caught.value.status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "box.local.evil"])
async def test_a_foreign_host_is_misdirected(doors: Doors, host: str) -> None:
    for browser in (doors.staff, doors.patient):
        async with browser.client.get("/", headers={"Host": host}, allow_redirects=False) as answer:
            assert answer.status == 421


@pytest.mark.parametrize(
    "host",
    [
        "box.local",
        "BOX.local:8443",
        "192.168.1.20:8443",
        "[fd00::1]:8443",
        "127.0.0.1",
        "box.local.",
    ],
)
def test_our_own_names_and_any_address_are_ours(host: str) -> None:
    assert host_is_ours(host, Door("staff", lambda name: name == "box.local", secure=True))


async def test_forwarded_headers_are_ignored(doors: Doors) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "10.0.0.1"}
    async with doors.patient.client.get("/", headers=headers) as answer:
        assert answer.status == 200 and "evil" not in await answer.text()


async def test_cookies_can_not_be_read_by_scripts_or_sent_by_other_sites(tmp_path: Path) -> None:
    async with both_doors(tmp_path, secure=False) as doors:
        fields = {"organisation": "pwinkler", "user": "martinw", "password": "Ein guter Satz 7"}
        for name, cookie in (await doors.staff.post("/login", fields)).cookies.items():
            assert name.startswith("pb-")
            assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/"


async def test_a_mistake_of_ours_shows_a_number_and_logs_no_text(
    doors: Doors, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("Alice Krejčová")

    monkeypatch.setattr(doors.box.store.appointments, "day", broken)
    with caplog.at_level(logging.INFO):
        async with doors.staff.client.get("/", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 500
            text = await answer.text()
    [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert str(vars(record)["error_id"]) in text
    assert "Alice" not in text and "Alice" not in record.getMessage()


async def test_a_redirect_is_logged_as_what_it_is(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await doors.patient.get("/visit")
    [record] = [
        r for r in caplog.records if r.name == "practicebox.web" and r.getMessage() == "request"
    ]
    assert vars(record)["status"] == 303


async def test_the_request_log_has_neither_path_nor_query_nor_address(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await doors.patient.get("/v?1.secret.secret")
    [record] = [
        r for r in caplog.records if r.name == "practicebox.web" and r.getMessage() == "request"
    ]
    assert vars(record)["route"] == "entrance.link"
    assert "secret" not in str(vars(record)) and "127.0.0.1" not in str(vars(record))


def test_no_template_has_inline_scripts_styles_or_foreign_addresses() -> None:
    for path in templates_folder().rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), path
        assert not re.search(r"\sstyle=|<style|\son\w+=", text), path
        assert not re.search(r"(src|href|action)=\"https?:", text), path
        assert "|safe" not in text.replace(" ", ""), path


def test_no_script_reads_html_or_evaluates_text() -> None:
    for path in (ROOT / "practicebox/web/static/js").rglob("*.js"):
        text = path.read_text("utf-8")
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        assert not re.search(forbidden, text), path
        assert "MediaRecorder" not in text, f"{path}: nothing is recorded"


async def test_the_box_knows_static_files_only_by_their_present_hash(doors: Doors) -> None:
    good = doors.box.services.static.url("css/base.css")
    assert (await doors.patient.get(good)).status == 200
    assert (await doors.patient.get(good.replace("css/base", "../../keys"))).status == 404
    assert (await doors.patient.get("/static/0000000000000000/css/base.css")).status == 404
