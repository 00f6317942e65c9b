"""The patient door: no account, no app; reachable from the internet."""
