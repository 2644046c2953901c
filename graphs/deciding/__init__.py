"""How sure we are, and what follows: deliver, ask back, offer a person, or hand over."""
