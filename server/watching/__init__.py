"""Logs, figures and request ids: what is seen of the running server, without anybody's words."""
