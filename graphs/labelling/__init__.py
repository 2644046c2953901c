"""A tenant's own intent labels: learnt from its examples, and what follows from a label."""
