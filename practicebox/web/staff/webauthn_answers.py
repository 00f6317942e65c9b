"""Whether a browser's answer about a passkey is right (W3C WebAuthn Level 3, sections 7.1, 7.2).

The library does most steps; what it leaves out is done here: that the page was not inside of
another site's, that flags don't contradict each other, that the passkey has one of the algorithms
we asked for, whose user handle it is, and that nothing but `WrongPasskey` comes of any bytes.
"""

from __future__ import annotations

import json
import struct

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from practicebox.store.conditions import WrongPasskey
from practicebox.web.staff.webauthn import ALGORITHMS, Answer, Party

# What the library raises for bytes that are no answer; a test sends it thousands of broken ones.
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,  # nested too deep, or a kind of key that can't verify
    struct.error,
)
_NOBODY = PublicKeyCredentialUserEntity(id=b"-", name="")  # of options that the page never sees


def created(answer: Answer, party: Party, challenge: bytes) -> bytes:
    """The verifier of a new passkey; raise `WrongPasskey` (section 7.1)."""
    try:
        server = _server(party)
        _, state = server.register_begin(
            _NOBODY, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        response = AuthenticatorAttestationResponse(
            client_data=_client_data(answer),
            attestation_object=AttestationObject(answer.parts["attestationObject"]),
        )
        whole = RegistrationResponse(raw_id=answer.credential_id, response=response)
        made = server.register_complete(state, whole).credential_data
        _check_flags(response.attestation_object.auth_data)
        if made is None or made.credential_id != answer.credential_id:
            raise WrongPasskey
        if made.public_key.ALGORITHM not in ALGORITHMS:
            raise WrongPasskey
    except _BROKEN:
        raise WrongPasskey from None
    return bytes(made)


def used(
    answer: Answer, party: Party, challenge: bytes, handles: frozenset[str], verifier: bytes
) -> int:
    """How often a passkey has signed; raise `WrongPasskey` (section 7.2)."""
    try:
        server = _server(party)
        _, state = server.authenticate_begin(
            challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        response = AuthenticatorAssertionResponse(
            client_data=_client_data(answer),
            authenticator_data=AuthenticatorData(answer.parts["authenticatorData"]),
            signature=answer.parts["signature"],
        )
        whole = AuthenticationResponse(raw_id=answer.credential_id, response=response)
        server.authenticate_complete(state, [AttestedCredentialData(verifier)], whole)
        _check_flags(response.authenticator_data)
        if answer.parts.get("userHandle", b"").decode() not in handles:
            raise WrongPasskey
    except _BROKEN:
        raise WrongPasskey from None
    return response.authenticator_data.counter


def _server(party: Party) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name="", id=party.host)
    return Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)


def _check_flags(data: AuthenticatorData) -> None:
    """What can't be kept in several places isn't (section 6.1.3)."""
    if data.is_backed_up() and not data.is_backup_eligible():
        raise WrongPasskey


def _client_data(answer: Answer) -> CollectedClientData:
    """What the browser says of itself; its page is in no other site's frame (section 7.2)."""
    raw = answer.parts["clientDataJSON"]
    said = json.loads(raw)
    if not all(isinstance(said[name], str) for name in ("type", "challenge", "origin")):
        raise WrongPasskey  # of a number the library would make as many bytes
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise WrongPasskey
    return CollectedClientData(raw)
