"""Scanners of others, each turned into findings that can be compared with what we argue."""
