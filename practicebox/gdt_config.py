"""The part of the configuration that is about practice software (`[gdt]`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CODE_PAGES = {"cp437": "cp437", "iso-8859-1": "cp1252", "7-bit": "ascii", "utf-8": "utf-8"}
KEYS: dict[str, type] = {
    "in_folder": str,
    "out_folder": str,
    "our_id": str,
    "their_id": str,
    "code_page": str,
}
_ID = re.compile(r"[A-Za-z0-9_]{4}")  # GDT: four characters of each in the name of a file


@dataclass(frozen=True)
class GdtConfig:
    """Where files come from and go to; without folders there is only the upload."""

    in_folder: Path | None = None  # the practice software writes here
    out_folder: Path | None = None  # and reads here; may be the same
    our_id: str = "PBOX"
    their_id: str = "EDV1"
    code_page: str = "cp437"  # of what goes out, and of what comes without saying it

    @property
    def codec(self) -> str:
        """The code page as Python calls it."""
        return CODE_PAGES[self.code_page]


def build(found: dict[str, str]) -> GdtConfig:
    """The configuration from options without `gdt.` in front."""
    usual = GdtConfig()
    return GdtConfig(
        in_folder=Path(found["in_folder"]) if "in_folder" in found else None,
        out_folder=Path(found["out_folder"]) if "out_folder" in found else None,
        our_id=found.get("our_id", usual.our_id),
        their_id=found.get("their_id", usual.their_id),
        code_page=found.get("code_page", usual.code_page),
    )


def complaint(config: GdtConfig) -> str | None:
    """What is wrong with it, in one sentence."""
    for name in ("in_folder", "out_folder"):
        folder: Path | None = getattr(config, name)
        if folder and not folder.is_absolute():
            return f'gdt.{name} must be a full path, such as "/media/practicebox/gdt".'
    for name in ("our_id", "their_id"):
        if not _ID.fullmatch(getattr(config, name)):
            return f'gdt.{name} must be four letters or digits, such as "EDV1".'
    if config.our_id.lower() == config.their_id.lower():
        return "gdt.our_id and gdt.their_id are the same; each side needs its own."
    if config.code_page not in CODE_PAGES:
        return f"gdt.code_page must be one of {', '.join(CODE_PAGES)}."
    return None
