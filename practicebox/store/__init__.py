"""The vault and the database: SQL and keys; no HTTP, no sockets, no language.

`store.Store` is the door of this room, `records` what goes through it, `conditions` what can come
out instead. This is the only room that imports `sqlite3`, `aiosqlite` and `nacl`.
"""
