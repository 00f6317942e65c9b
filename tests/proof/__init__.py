"""Proofs: what is promised, tried thousands of times. `python -m tests.proof [--short]`."""
