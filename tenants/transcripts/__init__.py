"""Conversations and everything said in them, with its events and what it came to."""
