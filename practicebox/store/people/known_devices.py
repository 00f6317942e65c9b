"""Which workstation a secret belongs to, before anybody has logged in; works while locked."""

from __future__ import annotations

from practicebox.store.box import Box
from practicebox.store.people.devices import device_tag


async def approved(box: Box, secret: bytes) -> str | None:
    """The id of the approved workstation with this secret; None for any other secret."""
    row = await box.database.run(
        lambda connection: connection.execute(
            "SELECT id FROM devices WHERE tag = ? AND state = 'approved' AND slot IS NOT NULL",
            (device_tag(box.key, secret),),
        ).fetchone()
    )
    return row[0] if row else None
