"""The database's schema through the versions, for Alembic. One file a step, in `versions`."""
