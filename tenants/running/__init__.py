"""Turns from their acceptance to their end: leases, plans, steps, figures, what they cost."""
