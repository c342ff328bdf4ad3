"""What outlives a restart: replies and votes, in one embedded database file."""
