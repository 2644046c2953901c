"""Kills servers and the database under load, and counts what was lost or doubled: `make chaos`."""
