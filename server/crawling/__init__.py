"""Pages of the web read into knowledge and kept in step with it."""
