"""What must be kept and what must go: the audit log, retention, erasure, export."""
