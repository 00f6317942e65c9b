"""W3C Web Authentication (Level 3): what a browser is asked about a passkey, and how its answer is
read. Whether the answer is right, `webauthn_answers` says.

Knows no user's rights, no session and no page. User verification is always required, attestation
never: who made the authenticator is nobody's business here. The extension PRF (section 10.1.4)
makes 32 secret bytes of `SALT`, which is the same for all boxes: what keeps the secrets apart is
the passkey. The library behind `created` and `used` is loaded in a thread with the first answer:
most boxes never need it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from practicebox.practice import link
from practicebox.store.conditions import WrongPasskey
from practicebox.web.guard import host_name
from practicebox.web.keys import DOOR, services
from practicebox.web.staff.challenges import LIFETIME

SALT = b"PracticeBox/1 passkey opens vault"  # never changes: every passkey depends on it
SECRET_BYTES = 32
LONGEST = 16 * 1024  # characters of an answer; one with an RSA key has less than 3,000
LONGEST_ID = 1023  # bytes (section 4, "credential ID")
ALGORITHMS = (-8, -7, -257)  # EdDSA, ES256, RS256 (section 5.4, `pubKeyCredParams`)
_PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


@dataclass(frozen=True)
class Party:
    """The box as this browser has reached it (section 4, "relying party")."""

    host: str  # RP ID: a passkey works at this name only
    origin: str


@dataclass(frozen=True)
class Answer:
    """What a browser has sent, so far unjudged: bytes by the names of section 5.1."""

    credential_id: bytes = field(repr=False)
    parts: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class Owner:
    """Whom the authenticator names, and what it gives back as the user handle."""

    id: str
    name: str = field(repr=False)
    full_name: str = field(repr=False)


def party(request: web.Request) -> Party | None:
    """None where the box was reached by an address of numbers, which is no RP ID (section 4)."""
    door, host = request.config_dict[DOOR], request.headers.get("Host", "")
    name, scheme = host_name(host), "https" if door.secure else "http"
    return Party(name, f"{scheme}://{host}") if door.knows_host(name) else None


def place(request: web.Request) -> dict[str, object]:
    """For a page: whether passkeys work at its address, and if not, where they do (if known)."""
    address = services(request).staff_url()
    name = urlsplit(address).hostname or ""
    is_named = services(request).staff.knows_host(name)
    return {"passkeys_here": party(request) is not None, "passkeys_at": address if is_named else ""}


def to_create(
    party: Party, practice: str, owner: Owner, others: Iterable[bytes], challenge: bytes
) -> dict[str, object]:
    """`PublicKeyCredentialCreationOptions` as JSON; `others` are ids of passkeys of this owner."""
    user_id = link.encode(owner.id.encode())
    return {
        "rp": {"id": party.host, "name": practice},
        "user": {"id": user_id, "name": owner.name, "displayName": owner.full_name},
        "challenge": link.encode(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": _milliseconds(),
        "excludeCredentials": [{"type": "public-key", "id": link.encode(i)} for i in others],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "extensions": {"prf": {}},
    }


def to_use(party: Party, challenge: bytes) -> dict[str, object]:
    """`PublicKeyCredentialRequestOptions` as JSON, for whichever passkey somebody has."""
    return {
        "rpId": party.host,
        "challenge": link.encode(challenge),
        "timeout": _milliseconds(),
        "userVerification": "required",
        "extensions": {"prf": {"eval": {"first": link.encode(SALT)}}},
    }


def read_answer(text: str) -> Answer:
    """The answer in a form's field; raise `WrongPasskey`.

    Only texts are taken out of it: the library would make a number of a thousand million into as
    many bytes.
    """
    try:
        content = json.loads(text if len(text) <= LONGEST else "")
        response, credential_id = content["response"], _decode(content["rawId"])
        parts = {name: _decode(response[name]) for name in _PARTS if response.get(name)}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise WrongPasskey from None
    if not 0 < len(credential_id) <= LONGEST_ID:
        raise WrongPasskey
    return Answer(credential_id, parts)


def read_secret(text: str) -> bytes:
    """The secret in a form's field; raise `WrongPasskey`."""
    try:
        secret = link.decode(text)
    except link.NotALink:
        raise WrongPasskey from None
    if len(secret) != SECRET_BYTES:
        raise WrongPasskey
    return secret


async def created(answer: Answer, party: Party, challenge: bytes) -> bytes:
    """The verifier of what `to_create` has brought about: its attested credential data (section
    6.5.1). Raise `WrongPasskey`."""

    def judge() -> bytes:
        from practicebox.web.staff import webauthn_answers

        return webauthn_answers.created(answer, party, challenge)

    return await asyncio.to_thread(judge)


async def used(
    answer: Answer, party: Party, challenge: bytes, handles: frozenset[str], verifier: bytes
) -> int:
    """How often the passkey has signed, if it is the one with this verifier and its user handle is
    one of `handles`; raise `WrongPasskey`."""

    def judge() -> int:
        from practicebox.web.staff import webauthn_answers

        return webauthn_answers.used(answer, party, challenge, handles, verifier)

    return await asyncio.to_thread(judge)


def _milliseconds() -> int:
    return int(LIFETIME.total_seconds() * 1000)


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
