"""What outlives a restart: replies and votes, in one embedded database file."""

from knowledge.store.records import Reply, Tally
from knowledge.store.store import Store

__all__ = ["Reply", "Store", "Tally"]
