"""Secrets and words at rest: who holds which key, how rows are sealed and opened."""
