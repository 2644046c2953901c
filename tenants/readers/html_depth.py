"""How deep HTML is nested, counted before a parser sees it: 200,000 levels hang any of them."""

import re

from tenants.readers.refusals import Refused

_SKIPPED = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title)\b[^>]{0,5000}>.*?(?:</\1\s*>|\Z)",
    re.I | re.S,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)")
# void, or closed by what follows them
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "option optgroup thead tbody tfoot colgroup rt rp body html head".split()
)
_SHAPES = frozenset(
    "path circle rect line polygon polyline ellipse use stop image animate fegaussianblur feoffset "
    "feblend fecolormatrix feflood mpath set".split()
)
_DRAWING = _SHAPES | frozenset(
    "g defs symbol lineargradient radialgradient clippath mask pattern text tspan title desc filter "
    "marker style".split()
)
_MAX_ATTRIBUTES = 10_000  # parsers compare each with all before it; words of long values count too


def check_depth(html: str, most: int) -> None:
    """Refuse a page whose open elements outnumber the closed ones by too many. Raises: Refused."""
    depth = 0
    drawing = False  # inside <svg>, the only place where `/>` closes an element
    for closing, written, rest in _TAG.findall(_SKIPPED.sub("", html)):
        name = written.lower()
        if name in ("svg", "math"):
            drawing = not closing
        elif drawing and name not in _DRAWING:
            drawing = False
        if len(rest) > _MAX_ATTRIBUTES and len(rest.split()) > _MAX_ATTRIBUTES:
            raise Refused(f"an element has more than {_MAX_ATTRIBUTES} attributes")
        if name in _FLAT or (drawing and name in _SHAPES and rest.endswith("/")):
            continue
        if not closing:
            depth += 1
            if depth > most:
                raise Refused(f"it is nested deeper than {most} elements")
        elif depth:
            depth -= 1
