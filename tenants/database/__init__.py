"""Connections that see one tenant, the embedded PostgreSQL, roles, migrations."""
