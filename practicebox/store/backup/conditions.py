"""What comes out of backup and restore instead of an answer, each condition by its name."""

from __future__ import annotations


class BackupRefused(Exception):
    """The file can't be used as a backup; `word` names why in logs and records."""

    word = "refused"


class NotABackup(BackupRefused):
    """The file doesn't begin like a backup."""

    word = "not-a-backup"


class NewerBackup(BackupRefused):
    """The backup was made by a newer version of PracticeBox."""

    word = "newer"


class BackupTruncated(BackupRefused):
    """The file ends too early."""

    word = "truncated"


class BackupAltered(BackupRefused):
    """Something in the file is not as it was written: changed, moved, left out or added."""

    word = "altered"


class ForeignBackup(BackupRefused):
    """The backup is of another practice."""

    word = "foreign"


class ContentDiffers(BackupRefused):
    """What came out of the backup is not what the box had when it was made."""

    word = "differs"


class CopyDamaged(BackupRefused):
    """The database inside is damaged: SQLite's own check fails, or a sealed row doesn't open."""

    word = "damaged"


class SourceDamaged(BackupRefused):
    """The running database is damaged, so there is nothing to make a good backup from."""

    word = "source-damaged"


class TargetFailed(Exception):
    """The folder for backups can't be used; `word` names why in logs and records."""

    word = "failed"


class TargetMissing(TargetFailed):
    """The folder isn't there: a stick is not plugged in, a share not connected."""

    word = "missing"


class TargetReadOnly(TargetFailed):
    """Nothing can be written there."""

    word = "read-only"


class TargetForbidden(TargetFailed):
    """This process may not write there."""

    word = "forbidden"


class TargetFull(TargetFailed):
    """There is not enough room, in the folder for backups or for the copy beside the database."""

    word = "full"


class TargetBroken(TargetFailed):
    """Reading or writing fails: a broken stick, a lost connection."""

    word = "broken"


class BackupBusy(Exception):
    """A backup or a proof is under way already."""


class BackupStopped(Exception):
    """The box is being stopped while a backup or a proof was under way."""
