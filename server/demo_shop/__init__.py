"""A small shop as a service of its own, for the demo: orders, invoices, appointments over HTTP."""
