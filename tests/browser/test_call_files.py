"""Files over the data channel of a call, and a page at the other end that means harm."""

from __future__ import annotations

import pytest

from tests.browser.conftest import MakeCall
from tests.browser.lab.files import accept, digest_of, offer, start

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MEGABYTE = 1024 * 1024


async def test_either_side_cancels_a_file_and_the_next_one_arrives(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    for canceller, file in ((call.clinician, "eins.bin"), (call.patient, "zwei.bin")):
        await canceller.run("(name) => lab.mischief.cancelAt(lab.files, name, 1e6)", file)
        await offer(call.clinician, file, 30 * MEGABYTE)
        await start(call.patient, file)
        for side in call.sides():
            await side.until_transfer(file, "cancelled")
            assert await side.run("(name) => lab.transfer(name).moved", file) < 30 * MEGABYTE
    sent = await offer(call.clinician, "drei.bin", 3 * MEGABYTE)
    assert await accept(call.patient, "drei.bin") == sent


async def test_a_declined_file_is_not_sent_and_an_empty_one_arrives(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await offer(call.patient, "nein.bin", MEGABYTE)
    sent = await offer(call.patient, "leer.txt", 0)
    await call.clinician.until_transfer("nein.bin", "offered")
    await call.clinician.run("() => lab.files.decline(lab.transfer('nein.bin').id)")
    await call.patient.until_transfer("nein.bin", "declined")
    assert await call.patient.run("() => lab.transfer('nein.bin').moved") == 0
    assert await accept(call.clinician, "leer.txt") == sent


async def test_the_sender_waits_while_the_line_is_full(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.clinician.run("() => lab.mischief.watchBuffer(lab.channels.files)")
    sent = await offer(call.clinician, "groß.bin", 10 * MEGABYTE)
    assert await accept(call.patient, "groß.bin") == sent
    highest = await call.clinician.run("() => lab.channels.files.highest")
    assert MEGABYTE < highest <= MEGABYTE + 2 * 64 * 1024


async def test_a_file_damaged_on_the_way_is_noticed(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.clinician.run("() => lab.mischief.damage(lab.channels.files)")
    await offer(call.clinician, "kaputt.bin", 3 * MEGABYTE)
    await start(call.patient, "kaputt.bin")
    for side in call.sides():
        await side.until_transfer("kaputt.bin", "damaged")
    assert await call.patient.run("() => lab.transfer('kaputt.bin').blob") is None


async def test_a_file_goes_on_after_a_new_connection(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.clinician.run("() => lab.mischief.breakAt(lab.channels, 40)")
    sent = await offer(call.clinician, "lang.bin", 30 * MEGABYTE)  # not over before it breaks
    await start(call.patient, "lang.bin")
    await call.patient.until_transfer("lang.bin", "done")
    states = "() => lab.all('files', 'transfer').map(({ state }) => state)"
    assert "failed" in await call.patient.run(states)
    assert await digest_of(call.patient, "lang.bin") == sent
    assert await call.patient.run("() => lab.transfers.size") == 1


async def test_files_over_the_limit_are_refused_on_both_sides(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.patient.run(
        "() => lab.files.offer(lab.mischief.bloated(new File(['x'], 'zu groß.bin')))"
    )
    await call.patient.until_transfer("zu groß.bin", "refused")
    answer = await call.patient.run("() => lab.mischief.overfill(lab.channels.files)")
    assert answer == "decline"
    assert await call.clinician.all("files", "transfer") == []


async def test_a_hostile_page_breaks_nothing(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.patient.run("() => lab.mischief.nonsense(lab.channels)")
    sent = await offer(call.patient, "harmlos.svg", MEGABYTE, "image/svg+xml")
    assert await accept(call.clinician, "harmlos.svg") == sent
    names = await call.clinician.run("() => [...lab.transfers.values()].map(({ name }) => name)")
    assert names == ["passwd", "fdp.exe", "a" * 116 + ".pdf", "harmlos.svg"]
    kept = await call.clinician.run("() => lab.transfer('harmlos.svg').blob.type")
    assert kept == "application/octet-stream"
    introduced = await call.clinician.all("introduction", "introduced")
    assert [each["name"] for each in introduced] == ["Ole Müßig", "", "A B", "n" * 120]
    lines = await call.clinician.all("chat", "line")
    assert [len(line["text"]) for line in lines] == [4000]


async def test_a_file_with_more_bytes_than_offered_is_refused(make_call: MakeCall) -> None:
    call = await make_call()
    await call.connect()
    await call.patient.run(
        """() => lab.channels.files.send(
          JSON.stringify({ kind: "offer", id: "x", name: "x.bin", size: 100, type: "" }))"""
    )
    await call.clinician.until_transfer("x.bin", "offered")
    await call.clinician.run("() => lab.files.accept('x')")
    await call.patient.run("() => lab.channels.files.send(new Uint8Array(101))")
    await call.clinician.until_transfer("x.bin", "damaged")
