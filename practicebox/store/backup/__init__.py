"""Backups: made, sealed, proved, put back."""
