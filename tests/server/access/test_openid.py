"""Signing in through a tenant's OpenID provider: who may, and forty answers that nobody may give."""

import base64
import hmac
import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests import plain_http
from tests.databases import Database
from tests.openid_loopback import CLIENT_ID, CLIENT_SECRET, Claims, Provider, openid_provider
from tests.server.browser import Browser, link, operator, signed_in
from tests.server.conftest import Desk, Program, problem, serving

CALLBACK = "/v1/session/provider/callback"
SESSION = "frontdesk_session"


@pytest.fixture(scope="module")
def providers() -> Iterator[tuple[Provider, Provider]]:
    with ExitStack() as stack:
        first, second = (stack.enter_context(openid_provider()) for _ in range(2))
        yield first, second


@pytest.fixture(scope="module")
def desk_with_providers(
    apart_database: Database, providers: tuple[Provider, Provider]
) -> Iterator[Desk]:
    allowed = ",".join(one.url.removeprefix("http://") for one in providers)
    with serving(apart_database, egress_allow=allowed) as served:
        yield served


@pytest.fixture
def provider(providers: tuple[Provider, Provider]) -> Iterator[Provider]:
    """The first provider, as it was when it began."""
    first = providers[0]
    with _restored(first):
        yield first


@contextmanager
def _restored(provider: Provider) -> Generator[None]:
    before = dict(vars(provider))
    try:
        yield
    finally:
        vars(provider).update(before)


@pytest.fixture
def shop(desk_with_providers: Desk, provider: Provider) -> Program:
    made = desk_with_providers.tenant("Staffed")
    _set_up(made, provider)
    return made


def _set_up(shop: Program, provider: Provider, **more: Any) -> dict[str, Any]:
    body = {"title": "Sign in with Contoso", "issuer": provider.url, "client_id": CLIENT_ID}
    body |= {"client_secret": CLIENT_SECRET} | more
    answer = shop.call("PUT", "/v1/sign-in-provider", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _who(email: str = "", **more: Any) -> Claims:
    email = email or f"{os.urandom(5).hex()}@staff.example"
    told = {"sub": f"sub-{email}", "email": email, "email_verified": True, "name": "Robin Doe"}
    return told | more


def _known(shop: Program, role: str = "operator") -> Claims:
    """An operator whom the provider knows by address."""
    someone = shop.call("GET", f"/v1/operators/{operator(shop, role)}").json()
    return _who(someone["email"])


def _begun(shop: Program, browser: Browser) -> str:
    """Where the browser is sent to sign in."""
    answer = browser.call("POST", "/v1/session/provider", json={"tenant": shop.slug})
    assert answer.status_code == 200, answer.text
    return answer.json()["location"]


def _back(location: str) -> dict[str, str]:
    """What the provider sends a browser back with."""
    answer = plain_http.get(location, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def _finish(browser: Browser, answer: dict[str, str]) -> str:
    """Where the browser ends up; it holds a session or the reason why not."""
    ended = browser.call("GET", f"{CALLBACK}?{urlencode(answer)}")
    assert ended.status_code == 303, ended.text
    place = ended.headers["location"]
    assert (SESSION in browser.cookies) == (place == "/console/inbox"), place
    return place


def _sign_in(shop: Program, browser: Browser) -> str:
    return _finish(browser, _back(_begun(shop, browser)))


def _me(browser: Browser) -> dict[str, Any]:
    return browser.call("GET", "/v1/session").json()


def test_a_known_operator_signs_in_and_the_log_says_so(shop: Program, provider: Provider) -> None:
    provider.claims = _known(shop, "admin")
    browser = Browser(shop.url)
    assert _sign_in(shop, browser) == "/console/inbox"
    me = _me(browser)
    assert (me["email"], me["role"]) == (provider.claims["email"], "admin")
    assert "frontdesk_sign_in" not in browser.cookies
    sessions = browser.call("GET", f"/v1/operators/{me['operator_id']}/sessions").json()["data"]
    assert [one["method"] for one in sessions] == ["provider"]
    logged = shop.call("GET", "/v1/audit?action=finish_provider_sign_in").json()["data"]
    assert [one["actor"]["id"] for one in logged] == [me["operator_id"]]
    assert CLIENT_SECRET not in shop.call("GET", "/v1/audit").text


def test_the_page_asks_what_the_button_says_and_learns_nothing_else(shop: Program) -> None:
    browser = Browser(shop.url)
    said = browser.call("GET", f"/v1/session/provider?tenant={shop.slug}").json()
    assert said == {"provider": "Sign in with Contoso"}
    assert browser.call("GET", "/v1/session/provider?tenant=nobody").json() == {"provider": None}
    refused = browser.call("POST", "/v1/session/provider", json={"tenant": "nobody"})
    problem(refused, 404, "not_found")
    evil = {"Origin": "https://evil.example"}
    given = {"tenant": shop.slug}
    refused = browser.call("POST", "/v1/session/provider", json=given, headers=evil)
    problem(refused, 403, "origin_denied")


def test_who_comes_back_under_another_address_is_still_the_same(
    shop: Program, provider: Provider
) -> None:
    provider.claims = _known(shop)
    first = Browser(shop.url)
    assert _sign_in(shop, first) == "/console/inbox"
    heir = provider.claims | {"sub": "somebody else"}
    provider.claims = provider.claims | {"email": "new@staff.example"}
    again = Browser(shop.url)
    assert _sign_in(shop, again) == "/console/inbox"
    assert _me(again)["operator_id"] == _me(first)["operator_id"]
    provider.claims = heir  # the address was given to somebody else
    assert _sign_in(shop, Browser(shop.url)) == "/console/sign-in#refused=unknown"


def test_an_invitation_lets_in_and_without_one_only_newcomers_of_the_domains(
    shop: Program, provider: Provider
) -> None:
    provider.claims = _who()
    assert _sign_in(shop, Browser(shop.url)) == "/console/sign-in#refused=unknown"
    body = {"email": provider.claims["email"], "name": "R", "role": "viewer"}
    assert shop.call("POST", "/v1/invitations", json=body).status_code == 201
    browser = Browser(shop.url)
    assert _sign_in(shop, browser) == "/console/inbox"
    assert (_me(browser)["role"], _me(browser)["name"]) == ("viewer", "Robin Doe")
    _set_up(shop, provider, email_domains=["staff.example"], newcomer_role="operator")
    provider.claims = _who("x@evil-staff.example")
    assert _sign_in(shop, Browser(shop.url)) == "/console/sign-in#refused=unknown"
    provider.claims = _who()
    newcomer = Browser(shop.url)
    assert _sign_in(shop, newcomer) == "/console/inbox"
    assert _me(newcomer)["role"] == "operator"


def test_groups_give_the_role_at_each_sign_in_and_owners_keep_theirs(
    shop: Program, provider: Provider
) -> None:
    roles = {"desk": "operator", "leads": "admin"}
    rules = {"email_domains": ["staff.example", "a.example"], "group_claim": "groups"}
    _set_up(shop, provider, **rules, group_roles=roles)
    someone = _who()
    for groups, place, role in (
        (["desk", "leads"], "/console/inbox", "admin"),
        (["desk"], "/console/inbox", "operator"),
        (["cooks"], "/console/sign-in#refused=unknown", None),
    ):
        provider.claims = someone | {"groups": groups}
        browser = Browser(shop.url)
        assert _sign_in(shop, browser) == place
        assert role is None or _me(browser)["role"] == role
    provider.claims = _known(shop, "owner") | {"groups": ["desk"]}
    owner = Browser(shop.url)
    assert _sign_in(shop, owner) == "/console/inbox" and _me(owner)["role"] == "owner"


def test_a_disabled_operator_and_a_suspended_tenant_stay_out(
    desk_with_providers: Desk, shop: Program, provider: Provider
) -> None:
    provider.claims = _known(shop)
    browser = Browser(shop.url)
    assert _sign_in(shop, browser) == "/console/inbox"
    someone = _me(browser)["operator_id"]
    shop.call("PATCH", f"/v1/operators/{someone}", json={"disabled": True})
    assert _sign_in(shop, Browser(shop.url)) == "/console/sign-in#refused=unknown"
    shop.call("PATCH", f"/v1/operators/{someone}", json={"disabled": False})
    begun = Browser(shop.url)
    answer = _back(_begun(shop, begun))
    gone = {"status": "suspended"}
    desk_with_providers.platform("PATCH", f"/v1/tenants/{shop.tenant_id}", json=gone)
    assert "refused" in _finish(begun, answer)


def _coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _unsigned(claims: Claims, **header: str) -> str:
    parts = ({"alg": "none", "typ": "JWT"} | header, claims)
    return ".".join([*(_coded(json.dumps(part).encode()) for part in parts), ""])


def _by_public_key(provider: Provider) -> Callable[[Claims], str]:
    """HS256 with the text of the public key as the secret."""
    pem = provider.key.as_pem(private=False)

    def sign(claims: Claims) -> str:
        signed = _unsigned(claims, alg="HS256", kid=provider.kid).rstrip(".")
        return f"{signed}.{_coded(hmac.digest(pem, signed.encode(), 'sha256'))}"

    return sign


def _other_key(provider: Provider, **header: Any) -> Callable[[Claims], str]:
    other = RSAKey.generate_key(2048)
    named: dict[str, Any] = {"alg": "RS256", "kid": provider.kid}
    if header.pop("brings", False):
        named["jwk"] = other.as_dict(private=False)
    return lambda claims: jwt.encode(named | header, claims, other)


def _with(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changed


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {k: v for k, v in claims.items() if k != name}


NOW = int(time.time())
TWISTED: dict[str, Callable[[Claims], Claims]] = {
    "other nonce": _with(nonce="n" * 43),
    "no nonce": _without("nonce"),
    "nonce of another kind": _with(nonce=["x"]),
    "other issuer": _with(iss="https://evil.example"),
    "issuer with a slash": lambda claims: claims | {"iss": claims["iss"] + "/"},
    "no issuer": _without("iss"),
    "other audience": _with(aud="somebody-else"),
    "no audience": _without("aud"),
    "empty audience": _with(aud=[]),
    "two audiences and no party": _with(aud=[CLIENT_ID, "other"]),
    "two audiences, other party": _with(aud=[CLIENT_ID, "other"], azp="other"),
    "other party": _with(azp="other"),
    "expired": _with(exp=NOW - 600),
    "no end": _without("exp"),
    "end as words": _with(exp="tomorrow"),
    "issued long ago": _with(iat=NOW - 86_400),
    "issued tomorrow": _with(iat=NOW + 86_400),
    "not yet good": _with(nbf=NOW + 86_400),
    "no subject": _without("sub"),
    "empty subject": _with(sub=""),
    "subject of another kind": _with(sub=7),
    "other access token": _with(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "address not verified": _with(email_verified=False),
    "address without a word": _without("email_verified"),
    "verified as a number": _with(email_verified=1),
    "no address": _without("email"),
    "address of another kind": lambda claims: claims | {"email": [claims["email"]]},
    "two addresses in one": lambda claims: claims | {"email": f"x@y.z,{claims['email']}"},
    "look-alike letters": lambda claims: claims | {"email": claims["email"].replace("a", "а")},
    "address with blanks": lambda claims: claims | {"email": f" {claims['email']}"},
}


@pytest.mark.parametrize("twisted", TWISTED)
def test_a_token_that_claims_anything_else_signs_nobody_in(
    module_shop: Program, kept_provider: Provider, twisted: str
) -> None:
    kept_provider.twist = TWISTED[twisted]
    assert "refused" in _sign_in(module_shop, Browser(module_shop.url))


SIGNED: dict[str, Callable[[Provider], Callable[[Claims], str]]] = {
    "by nobody": lambda provider: _unsigned,
    "by the public key as a secret": _by_public_key,
    "by another key": _other_key,
    "by another key that it brings": lambda provider: _other_key(provider, brings=True),
    "by a key of another name": lambda provider: _other_key(provider, kid="unknown"),
    "by a key at its own address": lambda provider: _other_key(
        provider, jku=f"{provider.url}/evil", kid="evil"
    ),
    "with a changed claim": lambda provider: lambda claims: _changed(provider.signed(claims)),
    "with half a signature": lambda provider: lambda claims: provider.signed(claims)[:-40],
    "with a demand of its own": lambda provider: (
        lambda claims: provider.signed(claims, crit=["exp"])
    ),
    "not at all": lambda provider: lambda claims: "no token",
    "as a very long one": lambda provider: (
        lambda claims: provider.signed(claims | {"more": "x" * 100_000})
    ),
}


def _changed(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = json.dumps(claims | {"email": "owner@staff.example"}).encode()
    return f"{head}.{_coded(changed)}.{signature}"


@pytest.mark.parametrize("signed", SIGNED)
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    module_shop: Program, kept_provider: Provider, signed: str
) -> None:
    kept_provider.sign = SIGNED[signed](kept_provider)
    assert "refused" in _sign_in(module_shop, Browser(module_shop.url))


@pytest.fixture(scope="module")
def module_shop(desk_with_providers: Desk, providers: tuple[Provider, Provider]) -> Program:
    made = desk_with_providers.tenant("Forged")
    _set_up(made, providers[0], email_domains=["staff.example"], newcomer_role="operator")
    return made


@pytest.fixture
def kept_provider(provider: Provider) -> Provider:
    """The provider with somebody at the browser who would be let in."""
    provider.claims = _who()
    return provider


def test_the_table_would_be_let_in_without_its_twists(
    module_shop: Program, kept_provider: Provider
) -> None:
    assert _sign_in(module_shop, Browser(module_shop.url)) == "/console/inbox"
    kept_provider.twist = _with(aud=[CLIENT_ID], azp=CLIENT_ID, email_verified="true")
    assert _sign_in(module_shop, Browser(module_shop.url)) == "/console/inbox"


def test_answers_that_are_mixed_up_sign_nobody_in(
    desk_with_providers: Desk,
    module_shop: Program,
    kept_provider: Provider,
    providers: tuple[Provider, Provider],
) -> None:
    shop, url = module_shop, module_shop.url
    good, stranger = Browser(url), Browser(url)
    answer = _back(_begun(shop, good))
    _begun(shop, stranger)
    other = desk_with_providers.tenant("Elsewhere")
    _set_up(other, providers[1], email_domains=["staff.example"], newcomer_role="operator")
    elsewhere = Browser(url)
    _begun(other, elsewhere)
    stale = "/console/sign-in#refused=stale"
    assert _finish(stranger, answer) == stale  # another browser's state
    assert _finish(elsewhere, answer) == stale  # another tenant's
    assert _finish(Browser(url), answer) == stale  # no state at all
    for name, wrong in (("state", "x" * 43), ("state", ""), ("code", ""), ("code", "wrong")):
        tried = Browser(url)
        mine = _back(_begun(shop, tried)) | {name: wrong}
        assert "refused" in _finish(tried, mine), name
    asked = Browser(url)
    its = _back(_begun(shop, asked))
    assert "refused" in _finish(asked, its | {"iss": "https://evil.example"})
    # a code that was asked for in another browser, brought with this one's own state
    thief = Browser(url)
    own = _back(_begun(shop, thief))
    assert "refused" in _finish(thief, own | {"code": answer["code"]})
    refusing = Browser(url)
    turned = _back(_begun(shop, refusing))
    denied = {"error": "access_denied", "state": turned["state"]}
    assert _finish(refusing, denied) == "/console/sign-in#refused=refused"


def test_an_answer_is_good_once_even_where_the_provider_takes_its_code_again(
    module_shop: Program, kept_provider: Provider
) -> None:
    kept_provider.keeps_codes = True
    browser = Browser(module_shop.url)
    answer = _back(_begun(module_shop, browser))
    before = dict(browser.cookies)
    assert _finish(browser, answer) == "/console/inbox"
    again = Browser(module_shop.url)
    again.cookies = dict(before)
    assert _finish(again, answer) == "/console/sign-in#refused=stale"
    forged = Browser(module_shop.url)
    sealed = before["frontdesk_sign_in"]
    forged.cookies = {"frontdesk_sign_in": sealed[:-6] + "AAAAAA"}
    assert _finish(forged, answer) == "/console/sign-in#refused=stale"


def test_a_provider_that_names_itself_must_do_so_in_every_answer(
    desk_with_providers: Desk, providers: tuple[Provider, Provider]
) -> None:
    second = providers[1]
    with _restored(second):
        second.metadata = {"authorization_response_iss_parameter_supported": True}
        shop = desk_with_providers.tenant("Naming")
        _set_up(shop, second, email_domains=["staff.example"], newcomer_role="operator")
        second.claims = _who()
        assert "refused" in _sign_in(shop, Browser(shop.url))
        second.answer = lambda back: back | {"iss": second.url}
        assert _sign_in(shop, Browser(shop.url)) == "/console/inbox"


def _bare(*names: str) -> Callable[[Claims], Claims]:
    """An ID token without some of its claims."""
    return lambda claims: {name: value for name, value in claims.items() if name not in names}


def test_an_address_that_the_token_leaves_out_is_asked_for(
    desk_with_providers: Desk, provider: Provider
) -> None:
    shop = desk_with_providers.tenant("Asking")
    roles = {"group_claim": "groups", "group_roles": {"desk": "admin"}}
    _set_up(shop, provider, email_domains=["staff.example"], newcomer_role="operator", **roles)
    provider.claims = _who()
    provider.userinfo = provider.claims | {"groups": ["desk"]}
    provider.twist = _bare("email", "email_verified", "name")
    browser = Browser(shop.url)
    assert _sign_in(shop, browser) == "/console/inbox"
    me = _me(browser)
    assert (me["email"], me["role"], me["name"]) == (provider.claims["email"], "admin", "Robin Doe")
    provider.twist = None  # what the token says itself is not asked for again
    provider.claims |= {"groups": ["desk"]}
    asked = provider.asked_for.count("/userinfo")
    assert _sign_in(shop, Browser(shop.url)) == "/console/inbox"
    assert provider.asked_for.count("/userinfo") == asked


_TOLD: dict[str, Any] = {"email": "robin@staff.example", "email_verified": True}


@pytest.mark.parametrize(
    "told",
    [
        _TOLD | {"sub": "somebody else"},
        _TOLD,
        _TOLD | {"sub": "robin", "email_verified": False},
        {"sub": "robin", "email": "robin@staff.example"},
        {"sub": "robin", "email": ["robin@staff.example"], "email_verified": True},
        401,
        500,
        302,
    ],
)
def test_what_is_told_beside_the_token_must_be_of_the_same_person_and_vouched_for(
    desk_with_providers: Desk, provider: Provider, told: Any
) -> None:
    shop = desk_with_providers.tenant("Doubting")
    _set_up(shop, provider, email_domains=["staff.example"], newcomer_role="operator")
    provider.claims = {"sub": "robin", "email_verified": True}
    provider.userinfo = told
    assert _sign_in(shop, Browser(shop.url)) != "/console/inbox"
    assert "/userinfo" in provider.asked_for


def test_a_verification_of_one_address_is_none_of_another(
    desk_with_providers: Desk, provider: Provider
) -> None:
    shop = desk_with_providers.tenant("Mixing")
    roles = {"group_claim": "groups", "group_roles": {"desk": "admin"}}
    _set_up(shop, provider, email_domains=["staff.example"], newcomer_role="operator", **roles)
    provider.claims = {"sub": "robin", "email": "owner@staff.example"}
    provider.userinfo = _TOLD | {"sub": "robin", "groups": ["desk"]}
    assert "address" in _sign_in(shop, Browser(shop.url))


def test_a_new_key_is_taken_when_a_token_names_it(
    desk_with_providers: Desk, provider: Provider
) -> None:
    shop = desk_with_providers.tenant("Turning")
    _set_up(shop, provider, email_domains=["staff.example"], newcomer_role="operator")
    provider.claims = _who()
    provider.extra_keys = [{"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}, {"kty": "strange"}]
    assert _sign_in(shop, Browser(shop.url)) == "/console/inbox"
    times = provider.asked_for.count("/keys")
    assert _sign_in(shop, Browser(shop.url)) == "/console/inbox"
    assert provider.asked_for.count("/keys") == times  # kept for some minutes


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"jwks_uri": "http://169.254.169.254/keys"},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"userinfo_endpoint": "http://169.254.169.254/me"},
    ],
)
def test_a_provider_whose_document_is_unfit_is_not_gone_to(
    desk_with_providers: Desk, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    shop = desk_with_providers.tenant("Unfit")
    _set_up(shop, provider)
    begun = Browser(shop.url).call("POST", "/v1/session/provider", json={"tenant": shop.slug})
    problem(begun, 503, "unavailable")


def test_the_set_up_is_an_owners_and_never_shows_or_carries_off_the_secret(
    shop: Program, provider: Provider, providers: tuple[Provider, Provider]
) -> None:
    path = "/v1/sign-in-provider"
    body = {"title": "T", "issuer": provider.url, "client_id": CLIENT_ID}
    kept = shop.call("PUT", path, json=body)
    assert kept.json()["has_secret"] and CLIENT_SECRET not in kept.text
    moved = shop.call("PUT", path, json=body | {"issuer": providers[1].url}).json()
    assert not moved["has_secret"]
    admin = signed_in(shop, "admin")
    assert admin.call("GET", path).status_code == 200
    problem(admin.call("PUT", path, json=body), 403, "denied")
    problem(admin.call("DELETE", path), 403, "denied")
    owner = Browser(shop.url)
    owner.sign_in(link(shop, operator(shop, "owner")))
    assert owner.call("PUT", path, json=body | {"client_secret": "s"}).status_code == 200
    for issuer in (
        "http://127.0.0.1:9",
        "http://login.example",
        "https://10.1.2.3",
        "https://a/?b",
    ):
        problem(shop.call("PUT", path, json=body | {"issuer": issuer}), 422, "address_refused")
    open_to_all = {"newcomer_role": "operator"}
    problem(shop.call("PUT", path, json=body | open_to_all), 422, "invalid")
    assert shop.call("PUT", path, json=body | {"newcomer_role": "owner"}).status_code == 422
    assert shop.call("DELETE", path).status_code == 204
    assert shop.call("GET", path).json() == {"provider": None}
    problem(shop.call("DELETE", path), 404, "not_found")
