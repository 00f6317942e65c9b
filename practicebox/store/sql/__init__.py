"""SQLite: the connection, its thread, its settings, the schema's steps, the data folder."""
