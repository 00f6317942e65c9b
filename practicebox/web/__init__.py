"""HTTP, HTML and language: two doors, the staff's and the patients'."""
