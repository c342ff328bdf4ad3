"""What outlives a restart: replies and votes, and what moderators and members add, in one database."""

from knowledge.store.records import Reply, Tally
from knowledge.store.store import Store

__all__ = ["Reply", "Store", "Tally"]
