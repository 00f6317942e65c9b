"""What stands for the placeholders of a form's text: the practice's own data."""

from __future__ import annotations

from practicebox.store.records import Practice


def of_practice(practice: Practice) -> dict[str, str]:
    """Name, address, telephone and e-mail, as on the door plate."""
    profile = practice.profile
    street = f"{profile.street} {profile.number}".strip()
    return {
        "Praxis": profile.name,
        "Anschrift": f"{street}, {profile.postcode} {profile.town}",
        "Telefon": profile.phone,
        "E-Mail": profile.email,
    }
