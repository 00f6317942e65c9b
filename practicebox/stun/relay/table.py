"""All allocations of the relay, by whom they are found and how many there may be."""

from __future__ import annotations

from collections.abc import Iterator

from practicebox.stun.attributes import Address
from practicebox.stun.bucket import Bucket
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.authority import Grant
from practicebox.stun.relay.limits import Limits
from practicebox.stun.relay.numbers import Failure
from practicebox.stun.relay.path import FiveTuple, Transport
from practicebox.stun.relay.refusal import Refused


class Table:
    """Finds allocations by the client's 5-tuple and by the relayed address."""

    def __init__(self, limits: Limits, key: bytes) -> None:
        self._limits = limits
        self._by_path: dict[FiveTuple, Allocation] = {}
        self._by_relayed: dict[Address, Allocation] = {}
        self._churn = Bucket(key, rate=limits.churn_rate, burst=limits.churn_burst)

    def __iter__(self) -> Iterator[Allocation]:
        return iter(tuple(self._by_path.values()))

    def __len__(self) -> int:
        return len(self._by_path)

    def at(self, path: FiveTuple) -> Allocation | None:
        """The allocation of the client at `path`."""
        return self._by_path.get(path)

    def relayed_at(self, address: Address) -> Allocation | None:
        """The allocation that peers see as `address`."""
        return self._by_relayed.get(address)

    def has_company(self, allocation: Allocation, host: str) -> bool:
        """Whether another allocation of the same room is relayed at `host`."""
        return any(
            other is not allocation
            and other.relayed[0] == host
            and other.grant.room == allocation.grant.room
            for other in self._by_path.values()
        )

    def make_room(self, grant: Grant, transport: Transport, now: float) -> None:
        """See that one more allocation fits; raise `Refused` with 486 or 508.

        Where the participant has all it may have, the one that has been silent longest goes.
        """
        if not self._churn.take(f"{grant.room}:{grant.participant}".encode(), now):
            raise Refused(Failure.ALLOCATION_QUOTA_REACHED)
        mine = [one for one in self if _is_of(one, grant, transport)]
        if len(mine) >= self._limits.per_participant:
            self.remove(min(mine, key=lambda one: one.heard))
        elif len(self) >= self._limits.allocations:
            raise Refused(Failure.INSUFFICIENT_CAPACITY)

    def add(self, allocation: Allocation) -> None:
        """Enter an allocation for which `make_room` has made room."""
        self._by_path[allocation.path] = allocation
        self._by_relayed[allocation.relayed] = allocation

    def remove(self, allocation: Allocation) -> None:
        """Close an allocation and forget it; may be called twice."""
        if self._by_path.get(allocation.path) is allocation:
            del self._by_path[allocation.path]
            del self._by_relayed[allocation.relayed]
        allocation.close()

    def expire(self, now: float) -> None:
        """Remove what has ended at `now`, in this table and in each allocation."""
        for allocation in self:
            if allocation.ends <= now:
                self.remove(allocation)
            else:
                allocation.expire(now)


def _is_of(allocation: Allocation, grant: Grant, transport: Transport) -> bool:
    holder = allocation.grant
    return (holder.room, holder.participant) == (
        grant.room,
        grant.participant,
    ) and allocation.path.transport is transport
