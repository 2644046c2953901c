"""The operators' desk: handoffs, rules about them, hours, notes, canned answers."""
