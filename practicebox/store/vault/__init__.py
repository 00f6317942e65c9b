"""Keys: how they are derived, wrapped and used to seal. No SQL but the table of subject keys."""
