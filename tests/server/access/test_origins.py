"""Pages: those that an assistant names exactly may use it, whatever looks like them may not."""

import pytest

from server.access.origins import is_allowed, is_own

HOST = "desk.example:8000"
NAMED = ["https://shop.example", "http://localhost:3000", "https://shop.example/"]
WRONG = [
    "",
    "null",
    "https://evil.example",
    "http://shop.example",
    "https://shop.example:444",
    "https://shop.example:443",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://www.shop.example",
    "https://shop.example@evil.example",
    "https://evil.example#https://shop.example",
    "https://evil.example?https://shop.example",
    "https://shop.example/",
    "https://shop.example/path",
    "https://SHOP.example",
    "HTTPS://shop.example",
    "https://shop.example ",
    " https://shop.example",
    "https://shop.example\t",
    "https://shop.example, https://evil.example",
    "https://shop.example https://evil.example",
    "shop.example",
    "//shop.example",
    "ftp://shop.example",
    "file://shop.example",
    "chrome-extension://shop.example",
    "http://localhost",
    "http://localhost:30000",
    "http://127.0.0.1:3000",
    "https://desk.example",
    "https://desk.example:8001",
    "evil://desk.example:8000",
    "https://x.desk.example:8000",
    "desk.example:8000",
    "*",
]


@pytest.mark.parametrize("origin", WRONG)
def test_what_only_looks_like_an_allowed_page_is_none(origin: str) -> None:
    assert not is_allowed(origin, HOST, NAMED)
    assert not is_own(origin, HOST)


def test_named_pages_and_our_own_are_allowed() -> None:
    own = [f"https://{HOST}", f"http://{HOST}"]
    for origin in ("https://shop.example", "http://localhost:3000", *own):
        assert is_allowed(origin, HOST, NAMED)
    assert all(is_own(origin, HOST) for origin in own)


def test_a_star_allows_every_page_that_has_an_address() -> None:
    assert is_allowed("https://anybody.example", HOST, ["*"])
    for origin in ("null", "", "file://x", "*"):
        assert not is_allowed(origin, HOST, ["*"])
