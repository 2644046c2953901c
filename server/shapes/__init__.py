"""The bodies that requests bring and answers show; the OpenAPI document is made of these."""
