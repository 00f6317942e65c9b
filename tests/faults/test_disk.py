"""A disk that is full, write-protected or broken: one plain sentence, nothing typed lost, and the
box goes on by itself as soon as the disk does."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disk import NoCompiler, build
from tests.faults.picture import Damaged, take
from tests.faults.real_box import PATIENTS, RealBox, has_own_disks, log_in, planned, real_box

pytestmark = pytest.mark.slow

SMALL = "6m"  # bytes of the disk
AILMENTS = (
    (errno.EIO, "meldet einen Fehler"),
    (errno.EROFS, "meldet einen Fehler"),
    (errno.ENOSPC, "ist voll"),
)
WORRY = "Zuletzt konnte etwas nicht gespeichert werden, weil der Speicher voll ist."
PAGES = ("/", "/appointments", "/appointments/new", "/status", "/users", "/organisation")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    try:
        yield build(tmp_path_factory.mktemp("library"))
    except NoCompiler:
        pytest.skip("no C compiler (cc) to build disk.c with")


async def names(box: RealBox) -> list[str]:
    """Which of the appointments are there."""
    page = await box.get("/appointments")
    return [name for name in ("Vorher", "Vergeblich", "Nachher") if name in page.words]


async def is_refused(box: RealBox, words: str) -> dict[str, str]:
    """What the page has kept of an appointment that could not be saved."""
    fields = planned("Vergeblich, Vera")
    answer = await box.post("/appointments/new", fields)
    assert answer.status == 507
    assert words in answer.words
    assert "Ihre Eingaben sind nicht verloren" in answer.words
    assert answer.kept == fields
    assert box.is_alive()
    return answer.kept


@pytest.mark.skipif(not has_own_disks(), reason="needs root and unshare for a disk of its own")
async def test_a_full_disk_is_said_and_survived(tmp_path: Path) -> None:
    async with real_box(tmp_path, size=SMALL) as box:
        await log_in(box)
        assert (await box.post("/appointments/new", planned("Vorher, Vera"))).status == 303
        box.fill()
        kept = await is_refused(box, "Der Speicher der Box ist voll.")
        for path in PAGES:
            assert (await box.get(path)).status == 200, f"{path} can still be read"
        assert (await box.get("/", PATIENTS)).status == 200
        assert WORRY in (await box.get("/status")).words
        box.make_room()
        assert (await box.post("/appointments/new", kept)).status == 303, "the button works"
        assert (await box.post("/appointments/new", planned("Nachher, Vera"))).status == 303
        assert WORRY not in (await box.get("/status")).words
        assert await names(box) == ["Vorher", "Vergeblich", "Nachher"]


@pytest.mark.parametrize(("error", "words"), AILMENTS)
async def test_a_disk_that_refuses_is_said_and_survived(
    tmp_path: Path, library: Path, error: int, words: str
) -> None:
    ail = tmp_path / "ail"
    async with real_box(tmp_path, library=library, environ={"PB_AIL": str(ail)}) as box:
        await log_in(box)
        assert (await box.post("/appointments/new", planned("Vorher, Vera"))).status == 303
        ail.write_text(str(error))
        kept = await is_refused(box, words)
        assert (await box.get("/appointments")).status == 200
        ail.unlink()
        assert (await box.post("/appointments/new", kept)).status == 303
        assert await names(box) == ["Vorher", "Vergeblich"]
        box.process.kill()
        await box.process.wait()
    try:
        await take(tmp_path / "data")
    except Damaged as condition:
        pytest.fail(str(condition))


async def test_a_page_that_kept_entries_holds_no_password(tmp_path: Path, library: Path) -> None:
    ail = tmp_path / "ail"
    async with real_box(tmp_path, library=library, environ={"PB_AIL": str(ail)}) as box:
        ail.write_text(str(errno.EIO))
        fields = {"organisation": "sonne", "user": "aenne", "password": "ein Geheimnis"}
        answer = await box.post("/login", fields)
        assert answer.status == 507
        assert answer.kept == {"organisation": "sonne", "user": "aenne"}
        assert "ein Geheimnis" not in answer.source
        assert "Nur Passwörter und Codes müssen Sie noch einmal eingeben." in answer.words
