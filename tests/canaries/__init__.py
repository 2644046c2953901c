"""Words of two tenants that must never meet: thousands of operations, every byte looked at."""
