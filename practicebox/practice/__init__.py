"""The rules of a practice, pure: no I/O, no clock, no randomness of their own."""
