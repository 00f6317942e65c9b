"""Answers about passkeys of which a part is wrong: all are refused, and all with the same words."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from practicebox.web.staff.throttle import THROTTLE
from tests.web.authenticator import (
    ATTESTED,
    BACKED_UP,
    PRESENT,
    USUAL,
    VERIFIED,
    Passkey,
    Wrong,
)
from tests.web.passkey_world import (
    AT_NAME,
    HOST,
    NOT_ADDED,
    ORIGIN,
    TYPED,
    add,
    ask,
    asked_to_open,
    assert_refused,
    log_in,
    make,
)
from tests.web.staff_box import StaffBox, found, staff_box

LIES = {
    "another challenge": Wrong(challenge=b"c" * 32),
    "an empty challenge": Wrong(challenge=b""),
    "another site": Wrong(origin="https://evil.example"),
    "another port": Wrong(origin=f"http://{HOST}:8444"),
    "another scheme": Wrong(origin=f"https://{HOST}:8443"),
    "a name that ends like ours": Wrong(origin=f"http://evil{HOST}:8443"),
    "a name that begins like ours": Wrong(origin=f"{ORIGIN}.evil.example"),
    "a slash behind": Wrong(origin=f"{ORIGIN}/"),
    "no origin": Wrong(origin=""),
    "another relying party": Wrong(host="pwinkler.local"),
    "the name above ours": Wrong(host="local"),
    "nobody present": Wrong(flags=VERIFIED),
    "nobody verified": Wrong(flags=PRESENT),
    "no flag": Wrong(flags=0),
    "kept elsewhere, and can't be": Wrong(flags=USUAL | BACKED_UP),
    "within another site's page": Wrong(said={"crossOrigin": True}),
    "within another site's page, named": Wrong(said={"topOrigin": "https://evil.example"}),
    "a cross origin that is no truth": Wrong(said={"crossOrigin": "no"}),
    "a challenge that is a number": Wrong(said={"challenge": 4_000_000_000}),
    "an origin that is a list": Wrong(said={"origin": [ORIGIN]}),
}
OF_USE = {
    **LIES,
    "the other ceremony": Wrong(kind="webauthn.create"),
    "no ceremony": Wrong(kind="payment.get"),
    "no signature": Wrong(signature=b""),
    "a signature of nothing": Wrong(signature=bytes(70)),
    "somebody else's user handle": Wrong(handle=b"AAAAAAAAAAAAAAAA"),
    "no user handle": Wrong(handle=b""),
    "a user handle that is no text": Wrong(handle=b"\xff\xfe"),
    "a new credential where none is expected": Wrong(flags=USUAL | ATTESTED),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[StaffBox, Passkey]]:
    """One box with a passkey, for what changes nothing in it; nobody is counted."""
    async with staff_box(tmp_path_factory.mktemp("passkeys")) as box:
        await found(box.browser)
        box.browser.headers.update(AT_NAME)
        yield box, await add(box.browser)


def forgive(box: StaffBox) -> None:
    """Have the box forget how often it was tried."""
    app: Any = box.server.app
    app[THROTTLE].__init__()


@pytest.mark.parametrize("lie", OF_USE)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_wrong_part_of_an_answer_is_refused(
    shared: tuple[StaffBox, Passkey], lie: str
) -> None:
    box, passkey = shared
    forgive(box)
    assert_refused(await log_in(box.browser, passkey, OF_USE[lie]))
    assert (await log_in(box.browser, passkey)).location == "/"


@pytest.mark.parametrize("lie", [*LIES, "the other ceremony"])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_wrong_part_of_a_new_passkey_is_refused(
    shared: tuple[StaffBox, Passkey], lie: str
) -> None:
    box, _ = shared
    wrong = LIES.get(lie) or Wrong(kind="webauthn.get")
    page = await make(box.browser, Passkey(ORIGIN), first=wrong)
    assert page.status == 422 and NOT_ADDED in page.words


@pytest.mark.asyncio(loop_scope="module")
async def test_a_new_passkey_has_to_open_as_well(shared: tuple[StaffBox, Passkey]) -> None:
    box, known = shared
    for wrong in (Wrong(signature=bytes(70)), Wrong(flags=PRESENT), Wrong(handle=b"somebody else")):
        page = await make(box.browser, Passkey(ORIGIN), second=wrong)
        assert page.status == 422 and NOT_ADDED in page.words
    taken = Passkey(ORIGIN, id=known.id)
    assert NOT_ADDED in (await make(box.browser, taken)).words
    assert len(await box.store.passkeys.of((await box.store.users())[0].id)) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_one_passkey_is_made_and_another_opens(shared: tuple[StaffBox, Passkey]) -> None:
    box, _ = shared
    first, second = Passkey(ORIGIN), Passkey(ORIGIN)
    asked = await ask(box.browser, "/passkeys/options", TYPED)
    second.create(asked["create"])
    created = {"secret_created": json.dumps(first.create(asked["create"]))}
    page = await box.browser.post("/passkeys", {**TYPED, **created, **second.fields(asked["use"])})
    assert NOT_ADDED in page.words


@pytest.mark.parametrize("change", [("response",), ("rawId",), ("id",), ("all",)])
@pytest.mark.asyncio(loop_scope="module")
async def test_numbers_in_place_of_bytes_cost_nothing(
    shared: tuple[StaffBox, Passkey], change: tuple[str]
) -> None:
    """The library would make so many bytes of them."""
    box, passkey = shared
    forgive(box)
    huge = 8_000_000_000
    options = await asked_to_open(box.browser)
    answer = passkey.get(options)
    fields = passkey.fields(options)
    if change[0] in ("response", "all"):
        answer["response"] = dict.fromkeys(answer["response"], huge)
    if change[0] in ("rawId", "all"):
        answer["rawId"] = huge
    answer["authenticatorAttachment"] = answer["clientExtensionResults"] = huge
    began = time.monotonic()
    page = await box.browser.post("/login/passkey", {**fields, "secret_answer": json.dumps(answer)})
    assert time.monotonic() - began < 5
    if change[0] != "id":
        assert_refused(page)
