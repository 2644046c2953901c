"""Which pages may do what: a page's `Origin` is compared whole, never in parts."""

from collections.abc import Sequence


def is_own(origin: str, host: str) -> bool:
    """Whether a page is one that this very host served."""
    return origin in (f"https://{host}", f"http://{host}")


def is_allowed(origin: str, host: str, allowed: Sequence[str]) -> bool:
    """Whether a page is our own, or named by the assistant; "*" names every page with an address."""
    if is_own(origin, host) or origin in (one.rstrip("/") for one in allowed if one != "*"):
        return True
    return "*" in allowed and origin.startswith(("https://", "http://"))
