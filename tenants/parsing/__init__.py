"""Files become text with structure, each in a process of its own that may cost only so much."""

from tenants.errors import Unreadable
from tenants.parsing.children import parse
from tenants.parsing.parsed import Broken, Link, Parsed
from tenants.readers.limits import ParseLimits

__all__ = ["Broken", "Link", "ParseLimits", "Parsed", "Unreadable", "parse"]
