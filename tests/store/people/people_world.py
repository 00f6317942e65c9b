"""A practice with a colleague, and what can be done to their access."""

from __future__ import annotations

from dataclasses import dataclass, replace

from practicebox.practice import one_time_code
from practicebox.practice.one_time_code import OneTimeCode
from practicebox.store.people.endings import Ending
from practicebox.store.people.records_sessions import Session
from practicebox.store.records import Device, Person
from practicebox.store.vault.aead import associated, seal
from practicebox.store.vault.kdf import derive, stretch
from practicebox.store.vault.keyring import Keyring, seal_keyring
from tests.store.world import CHEAP, MASTER, World, reading

BERTS = "grüner Teller im Flur"
BERT = Person(salutation="Herr", first_name="Bert", last_name="Winter")
SECOND = b"2" * 32


@dataclass
class Told:
    """What was told of sessions that ended."""

    said: list[tuple[frozenset[str], Ending]]


async def invite(world: World) -> tuple[str, OneTimeCode]:
    made = await world.store.people.invite("clinician", BERT)
    return made.user_id, one_time_code.read(made.code)


async def add_bert(world: World) -> str:
    """Bert, who has used his code on the first workstation."""
    _, code = await invite(world)
    return await world.store.people.enrol(code, "Bert", BERTS, world.founded.device_secret)


async def bert_logs_in(world: World, secret: bytes | None = None) -> Session:
    return await world.store.login("sonne", "bert", BERTS, secret or world.founded.device_secret)


def wrong(code: OneTimeCode) -> OneTimeCode:
    return replace(code, secret="0" * 12 if code.secret != "0" * 12 else "1" * 12)


async def as_before(world: World) -> None:
    """Make the box one that was founded before there were several users."""
    box = world.store._box
    keyring = world.store.vault.keyring()
    old = Keyring(keyring.vault_key, keyring.device_key, keyring.generations)
    with reading(world.path) as connection:
        salt, operations, memory = connection.execute(
            "SELECT salt, operations, memory FROM master_slot"
        ).fetchone()
        assert (operations, memory) == (CHEAP.master.operations, CHEAP.master.memory)
        key = derive(stretch(MASTER, salt, CHEAP.master), "pb1 master")
        slot = seal(key, old.vault_key, associated("master"), box.random)
        connection.execute("UPDATE master_slot SET slot = ?", (slot,))
        connection.execute("UPDATE practice SET keyring = ?", (seal_keyring(old, box.random),))
    await world.restart()
    await world.log_in()


async def approved(world: World) -> Device:
    return await world.store.people.approve(" Empfang ", SECOND)


async def states(world: World) -> list[str]:
    return sorted(device.state for device in await world.store.people.devices())
