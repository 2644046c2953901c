"""The HTTP surface examined from outside: schemathesis over the whole published document."""
