"""Text from outside is data: orders in it are seen, and what leaves is cleaned."""
