"""Cards that tools give, as they leave: cleaned like every word of ours, and few."""

from collections.abc import Sequence
from typing import Any

from graphs.safety.cleaning import cleaned

MAX_CARDS = 6
_TEXTS = ("text", "title", "subtitle")


def cards(blocks: Sequence[dict[str, Any]], hosts: Sequence[str]) -> list[dict[str, Any]]:
    """The cards among the blocks, without addresses of hosts that a reply may not link to."""
    kept: list[dict[str, Any]] = []
    for block in blocks:
        if block.get("type") != "card" or len(kept) >= MAX_CARDS:
            continue
        card = dict(block) | {
            name: cleaned(str(block[name]), hosts) for name in _TEXTS if name in block
        }
        if "image_url" in card and cleaned(str(card["image_url"]), hosts) != card["image_url"]:
            del card["image_url"]
        kept.append(card)
    return kept
