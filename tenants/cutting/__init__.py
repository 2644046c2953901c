"""Documents become passages along their own structure."""
