"""Streams through a line that breaks at random bytes: a proxy of ours, readers, and what they saw."""
