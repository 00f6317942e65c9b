"""PracticeBox: video consultations for a small practice, from a box of its own."""

__version__ = "0.1.0"
