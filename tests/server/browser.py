"""A browser on the console's own pages, as far as a server notices one."""

import os
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2

from tests import plain_http
from tests.server.conftest import Program

_WIRE = plain_http.Client(timeout=30, cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])))


class Browser:
    """Keeps cookies and says where its page comes from."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"Origin": self._url} | how.pop("headers", {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        answer = _WIRE.request(method, self._url + path, headers=headers, **how)
        for kept in answer.headers.get_list("set-cookie"):
            name, _, value = kept.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        return answer

    def sign_in(self, link: str) -> httpx2.Response:
        """Signed in as soon as the limit on new sessions lets it be."""
        while True:
            answer = self.call("POST", "/v1/session", json={"link_token": link})
            if answer.status_code != 429:
                return answer
            time.sleep(float(answer.headers["retry-after"]))

    def by_password(self, shop: Program, email: str, password: str) -> httpx2.Response:
        given = {"tenant": shop.slug, "email": email, "password": password}
        return self.call("POST", "/v1/session", json=given)


def operator(shop: Program, role: str = "operator", **fields: Any) -> str:
    """A new operator's id."""
    email = f"{os.urandom(6).hex()}@a.example"
    body = {"email": email, "name": role.title(), "role": role} | fields
    return shop.call("POST", "/v1/operators", json=body).json()["operator_id"]


def link(shop: Program, operator_id: str) -> str:
    """The secret of a fresh sign-in link."""
    made = shop.call("POST", f"/v1/operators/{operator_id}/sign-in-links")
    assert made.status_code == 201, made.text
    return made.json()["path"].partition("#")[2]


def signed_in(shop: Program, role: str = "operator", **fields: Any) -> Browser:
    """A browser in which a new operator is signed in by a link."""
    browser = Browser(shop.url)
    assert browser.sign_in(link(shop, operator(shop, role, **fields))).status_code == 201
    return browser
