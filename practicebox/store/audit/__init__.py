"""The audit log: sealed, hash-chained, watched over from outside the database."""
