"""Who asks: the long-term credential mechanism (RFC 8489 section 9.2) as browsers use it.

The key is MD5 over user name, realm and password, the integrity SHA-1: no browser has anything
else. Comparisons take the same time whatever is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from practicebox.stun.attributes import decode_text
from practicebox.stun.integrity import has_integrity, long_term_key
from practicebox.stun.message import Message
from practicebox.stun.registry import Attribute
from practicebox.stun.relay.authority import Authority, Grant
from practicebox.stun.relay.nonce import Nonces
from practicebox.stun.relay.numbers import Failure
from practicebox.stun.relay.path import FiveTuple
from practicebox.stun.relay.refusal import Refused


@dataclass(frozen=True)
class Asker:
    """Who has proved to know the password of a user name."""

    username: str
    grant: Grant
    key: bytes = field(repr=False)  # signs the answer


class Credentials:
    """Checks requests for one realm."""

    def __init__(self, authority: Authority, realm: str, nonces: Nonces) -> None:
        self._authority, self._realm, self._nonces = authority, realm, nonces

    def challenge(self, path: FiveTuple) -> tuple[tuple[int, bytes], ...]:
        """The attributes that go with 401 and 438."""
        return (
            (Attribute.REALM, self._realm.encode()),
            (Attribute.NONCE, self._nonces.fresh(path)),
        )

    def check(self, datagram: bytes, request: Message, path: FiveTuple) -> Asker:
        """Who wrote `request`, which was decoded from `datagram`.

        Raise `Refused` with 400, 401 or 438, and `NotStun` for a user name that is not text. A
        wrong password reads 401 with a stale nonce too: only the owner is asked to try again.
        """
        if request.value(Attribute.MESSAGE_INTEGRITY) is None:
            raise Refused(Failure.UNAUTHENTICATED)
        named = request.value(Attribute.USERNAME)
        realm, nonce = request.value(Attribute.REALM), request.value(Attribute.NONCE)
        if named is None or realm is None or nonce is None:
            raise Refused(Failure.BAD_REQUEST)
        username = decode_text(named)
        grant = self._authority.grant(username)
        if grant is None or realm != self._realm.encode():
            raise Refused(Failure.UNAUTHENTICATED)
        key = long_term_key(username, self._realm, grant.password)
        if not has_integrity(datagram, key):
            raise Refused(Failure.UNAUTHENTICATED)
        if not self._nonces.is_fresh(nonce, path):
            raise Refused(Failure.STALE_NONCE)
        return Asker(username, grant, key)
