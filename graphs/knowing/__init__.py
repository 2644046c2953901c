"""The machine's doors to the tenant's knowledge and to the operators' desk."""
