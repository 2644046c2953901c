"""Jobs and requests that are done once: how far they are, and what a repeat gets."""
