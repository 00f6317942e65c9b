"""Packets between a client and its peers, one at a time: the rules every packet has to pass.

`up.py` and `down.py` do the same for media in a channel, and leave the rest to this module.
"""

from __future__ import annotations

from collections.abc import Callable

from practicebox.stun.attributes import Address, decode_xor_address, encode_xor_address
from practicebox.stun.framing import START
from practicebox.stun.message import Message, NotStun, decode
from practicebox.stun.registry import MessageClass
from practicebox.stun.relay.acl import is_peer_port
from practicebox.stun.relay.allocation import Allocation
from practicebox.stun.relay.media import MEDIA, may_pass
from practicebox.stun.relay.numbers import Method, TurnAttribute
from practicebox.stun.relay.refusal import Refused
from practicebox.stun.relay.table import Table
from practicebox.stun.relay.wishes import refuse_unknown

ID_BYTES = 12


class Traffic:
    """Forwards payloads; drops without a word what may not pass."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
        media: bytes = MEDIA,
    ) -> None:
        self.clock, self.media = clock, media
        self._table, self._random = table, random

    def channel_data(self, allocation: Allocation, datagram: bytes) -> None:
        """A ChannelData message from the client (section 12.6)."""
        if len(datagram) < START.size:
            return
        number, length = START.unpack_from(datagram)
        channel = allocation.channel(number)
        if channel is not None and length <= len(datagram) - START.size:
            self._forward(allocation, channel.peer, datagram[START.size : START.size + length])

    def send_indication(self, allocation: Allocation, datagram: bytes) -> None:
        """A Send indication from the client (section 11.2); anything else is dropped."""
        try:
            message = decode(datagram)
            refuse_unknown(message)
            peer = _peer(message)
        except (NotStun, Refused):
            return
        payload = message.value(TurnAttribute.DATA)
        is_send = (message.message_class, message.method) == (MessageClass.INDICATION, Method.SEND)
        if is_send and payload is not None and is_peer_port(peer[1]):
            if allocation.permits(peer[0]):
                self._forward(allocation, peer, payload)

    def from_peer(self, allocation: Allocation, peer: Address, payload: bytes) -> None:
        """A datagram that arrived at the relayed address (sections 11.3 and 12.7)."""
        if not allocation.permits(peer[0]) or not may_pass(payload, self.media):
            return
        if not allocation.down.take(len(payload), self.clock()):
            return
        channel = allocation.channel_to(peer)
        if channel is None:
            allocation.ports.to_client(self._data_indication(peer, payload))
        else:
            allocation.ports.to_client(START.pack(channel.number, len(payload)) + payload)

    def is_inside(self, peer: Address) -> bool:
        """Whether `peer` is an allocation of this relay."""
        return self._table.relayed_at(peer) is not None

    def _forward(self, allocation: Allocation, peer: Address, payload: bytes) -> None:
        if not may_pass(payload, self.media) or not allocation.up.take(len(payload), self.clock()):
            return
        other = self._table.relayed_at(peer)
        if other is not None:
            if other.grant.room == allocation.grant.room:
                self.from_peer(other, allocation.relayed, payload)
        elif allocation.reaches(peer[0]):
            allocation.ports.to_peer(payload, peer)

    def _data_indication(self, peer: Address, payload: bytes) -> bytes:
        transaction_id = self._random(ID_BYTES)
        attributes = (
            (int(TurnAttribute.XOR_PEER_ADDRESS), encode_xor_address(peer, transaction_id)),
            (int(TurnAttribute.DATA), payload),
        )
        indication = MessageClass.INDICATION
        return Message(indication, transaction_id, attributes, Method.DATA).encode()


def _peer(message: Message) -> Address:
    """The first XOR-PEER-ADDRESS; raise `NotStun` without one."""
    value = message.value(TurnAttribute.XOR_PEER_ADDRESS)
    if value is None:
        raise NotStun("an indication without a peer")
    return decode_xor_address(value, message.transaction_id)
