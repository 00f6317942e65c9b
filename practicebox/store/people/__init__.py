"""Users, workstations, sessions: how they come, get in, and leave."""
