"""Small facts about the box's own connection."""

from __future__ import annotations

from tests.store.world import World


async def test_a_setting_is_kept_and_replaced_while_the_vault_is_locked(world: World) -> None:
    world.store.lock()
    settings = world.store.settings
    assert await settings.get("public_address") is None
    await settings.keep("public_address", "198.51.100.10")
    await settings.keep("public_address", "198.51.100.11")
    assert await settings.get("public_address") == "198.51.100.11"
    assert await settings.get("reach") is None
