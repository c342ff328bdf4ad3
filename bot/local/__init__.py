"""A Discord-compatible server for this machine. Imports neither `handlers` nor `knowledge`."""
