"""The steps. Each is frozen once released: it names columns itself and never reads the current tables."""
