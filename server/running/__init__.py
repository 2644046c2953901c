"""Turns at work: planned, run under a lease, ended once, and streamed to whoever reads."""
