"""The interface for practice software: JSON over HTTP, below `/api/v1` on the staff door."""
