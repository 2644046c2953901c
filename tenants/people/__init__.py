"""Operators, contacts and credentials: who they are, and whether they may still stay."""
