"""Nobody makes this server call what it should not, or wait and read longer than it should."""

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncGenerator, Iterable, Sequence

import httpcore2
import pytest

from tenants.errors import DeskError, TooLarge
from tests.tools.hostile_server import Answer, HostileServer, after, bomb, hostile_server, raw
from tools.egress import (
    AddressRefused,
    EgressPolicy,
    Fetched,
    FetchFailed,
    FetchLimits,
    check_url,
    fetch,
    guarded_client,
)

LIMITS = FetchLimits(max_bytes=300_000, connect_seconds=2, read_seconds=0.5, total_seconds=2)
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
HI = OK + b"connection: close\r\ncontent-length: 2\r\n\r\nhi"
GOOD = "<p>Returns are free within thirty days.</p>"


@pytest.fixture
async def server() -> AsyncGenerator[HostileServer]:
    async with hostile_server() as made:
        made.page("/good", GOOD)
        yield made


class Names:
    """A name server that answers from a list, each look-up the next answer, the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Dialler(httpcore2.AsyncNetworkBackend):
    """Connects to nothing; keeps the addresses it was to dial."""

    def __init__(self, page: bytes = HI) -> None:
        self.page = page
        self.dialled: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — the backend's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialled.append(host)
        return httpcore2.AsyncMockStream([self.page])


async def get(server: HostileServer, path: str, limits: FetchLimits = LIMITS) -> Fetched:
    async with guarded_client(EgressPolicy.parse(server.allowed)) as client:
        return await fetch(client, server.url + path, limits=limits)


async def refusal(server: HostileServer, path: str, limits: FetchLimits = LIMITS) -> DeskError:
    """Why a path came to nothing, in good time, while a good page beside it is read."""
    began = time.monotonic()
    bad, good = await asyncio.gather(
        get(server, path, limits), get(server, "/good"), return_exceptions=True
    )
    assert time.monotonic() - began < 30
    assert isinstance(good, Fetched) and good.content == GOOD.encode()
    assert isinstance(bad, DeskError), bad
    return bad


NOT_PUBLIC = [
    "http://127.0.0.1/",
    "http://127.0.0.1:8000/v1/tenants",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.0x1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://10.0.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://foo.localhost/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
]
TRICKS = [
    "http://good@127.0.0.1/",
    "http://good:secret@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com%2f@127.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http://[::1/",
    "http://[v1.x]/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://0x100000000/",
    "http://4294967296/",
    "http://09.0.0.1/",
    "http://a..b/",
    "http://.example.com/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:22/",
    "http://example.com:5432/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: evil",
    "http://example\u2028.com/",
    "http:///etc/passwd",
    "http://",
    "//example.com/",
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "javascript:alert(1)",
    "data:text/html,hi",
    "example.com",
    "",
    "http://" + "a" * 64 + ".com/",
    "http://example.com/" + "a" * 3_000,
]


@pytest.mark.parametrize("url", NOT_PUBLIC + TRICKS)
async def test_an_address_that_may_not_be_called_is_refused_before_anything_is_dialled(
    url: str,
) -> None:
    dialler, names = Dialler(), Names(["93.184.216.34"])
    async with guarded_client(EgressPolicy(), resolver=names, dialler=dialler) as client:
        with pytest.raises(AddressRefused) as refused:
            await fetch(client, url)
    assert (dialler.dialled, names.asked) == ([], 0)
    assert refused.value.code == "address_refused" and ": " in refused.value.detail


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("HTTP://Example.COM.:80/a?b=c#d", "http://example.com/a?b=c"),
        ("https://example.com:443", "https://example.com/"),
        ("http://bücher.example/straße", "http://xn--bcher-kva.example/stra%C3%9Fe"),
        ("http://1.1.1.1/", "http://1.1.1.1/"),
        ("http://[2606:4700:4700:0::1111]/", "http://[2606:4700:4700::1111]/"),
        ("http://a_b.example.com/", "http://a_b.example.com/"),
        ("http://example.com#@127.0.0.1/", "http://example.com/"),
    ],
)
def test_a_public_address_has_one_spelling(url: str, spelled: str) -> None:
    assert str(check_url(url, EgressPolicy())) == spelled


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["fe80::1%eth0"],
        ["not an address"],
    ],
)
async def test_a_name_that_stands_for_anything_private_is_not_dialled(
    addresses: list[str],
) -> None:
    dialler = Dialler()
    async with guarded_client(EgressPolicy(), resolver=Names(addresses), dialler=dialler) as client:
        with pytest.raises(AddressRefused, match=r"rebind\.example stands for"):
            await fetch(client, "http://rebind.example/")
    assert dialler.dialled == []


async def test_the_address_that_was_checked_is_the_one_dialled_though_dns_changes_its_mind() -> (
    None
):
    names, dialler = Names(["93.184.216.34"], ["127.0.0.1"]), Dialler()
    async with guarded_client(EgressPolicy(), resolver=names, dialler=dialler) as client:
        answer = await fetch(client, "http://rebind.example/")
        assert (answer.content, names.asked, dialler.dialled) == (b"hi", 1, ["93.184.216.34"])
        with pytest.raises(AddressRefused):  # a new connection looks again and finds it out
            await fetch(client, "http://rebind.example/")
    assert dialler.dialled == ["93.184.216.34"]


async def test_a_name_without_addresses_says_so() -> None:
    async with guarded_client(EgressPolicy(), resolver=Names([]), dialler=Dialler()) as client:
        with pytest.raises(FetchFailed, match="0 addresses"):
            await fetch(client, "http://nowhere.example/")


class SlowNames:
    async def resolve(self, host: str) -> Sequence[str]:
        await asyncio.sleep(60)
        return ["93.184.216.34"]


async def test_a_name_server_that_does_not_answer_costs_only_the_connection_s_time() -> None:
    async with guarded_client(EgressPolicy(), resolver=SlowNames()) as client:
        with pytest.raises(FetchFailed, match="looking up the name"):
            await fetch(client, "http://slow.example/", limits=FetchLimits(connect_seconds=0.1))


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://127.0.0.1:1/", "port 1"),
        ("http://127.0.0.1/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://169.254.169.254/latest/", "link-local"),
        ("file:///etc/passwd", "begins with"),
        ("//good@127.0.0.1/", "user"),
        ("http://localhost:22/", "port 22"),
        ("gopher://127.0.0.1/", "begins with"),
    ],
)
async def test_every_redirect_is_checked(server: HostileServer, to: str, why: str) -> None:
    server.redirect("/away", to)
    error = await refusal(server, "/away")
    assert error.code == "address_refused" and why in error.detail, error.detail
    assert error.detail.startswith(f"{server.url}/away redirects to ")


async def test_a_redirect_is_followed_and_a_loop_is_left(server: HostileServer) -> None:
    server.redirect("/old", "/good", 301)
    assert (await get(server, "/old")).url == f"{server.url}/good"
    server.redirect("/loop", "/loop")
    assert (await refusal(server, "/loop")).detail.endswith("more than 5 redirects")
    for n in range(7):
        server.redirect(f"/{n}", f"/{n + 1}")
    assert (await refusal(server, "/0")).code == "fetch_failed"
    assert server.counts("/6") == 0


async def test_from_https_to_http_is_a_step_back() -> None:
    moved = b"HTTP/1.1 302 X\r\nlocation: http://example.com/\r\ncontent-length: 0\r\n\r\n"

    dialler = Dialler(moved)
    names = Names(["93.184.216.34"])
    async with guarded_client(EgressPolicy(), resolver=names, dialler=dialler) as client:
        with pytest.raises(AddressRefused, match="step back"):
            await fetch(client, "https://example.com/")
    assert dialler.dialled == ["93.184.216.34"]


ENDLESS = after(OK + b"\r\n", raw(b"x" * 50_000, forever=True))
CHUNKED = after(
    OK + b"transfer-encoding: chunked\r\n\r\n",
    raw(b"c350\r\n" + b"x" * 50_000 + b"\r\n", forever=True),
)
GZIPPED = OK + b"content-encoding: gzip\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (ENDLESS, "too_large", "more than 300000 bytes"),
        (CHUNKED, "too_large", "more than 300000 bytes"),
        (after(OK + b"\r\n", raw(b"x", pause=0.05, forever=True)), "fetch_failed", "longer than 2 s"),
        (raw(b"H", pause=0.05, forever=True), "fetch_failed", ""),
        (raw(OK + b"\r\n<p>", pause=60), "fetch_failed", "nothing came for 0.5 s"),
        (raw(b"", pause=60), "fetch_failed", "nothing came for 0.5 s"),
        (raw(GZIPPED + bomb(10)), "too_large", "more than 300000 bytes"),
        (raw(GZIPPED + gzip.compress(b"hello")[:-6]), "fetch_failed", "breaks off"),
        (raw(GZIPPED + b"no gzip at all"), "fetch_failed", "damaged"),
        (raw(OK + b"content-encoding: br\r\n\r\nxx"), "fetch_failed", "not asked for"),
        (raw(OK + b"content-encoding: gzip, gzip\r\n\r\nxx"), "fetch_failed", "not asked for"),
        (raw(OK + b"content-length: 99999999999\r\n\r\nxx"), "too_large", "more than"),
        (raw(OK + b"content-length: 1000\r\n\r\nshort"), "fetch_failed", ""),
        (raw(OK + b"content-length: 5\r\ncontent-length: 9\r\n\r\nshort"), "fetch_failed", ""),
        (raw(OK + b"content-length: -1\r\n\r\nshort"), "fetch_failed", ""),
        (raw(OK + b"x: " + b"y" * 50_000 + b"\r\n\r\nhi"), "fetch_failed", "headers"),
        (after(OK, raw(b"x: " + b"y" * 900 + b"\r\n", forever=True)), "fetch_failed", ""),
        (raw(b"SSH-2.0-OpenSSH_9.7\r\n"), "fetch_failed", "not HTTP"),
        (raw(b"\x15\x03\x01\x00\x02\x02\x46"), "fetch_failed", ""),
        (raw(b"HTTP/1.1 302 X\r\nlocation: http://[\r\n\r\n"), "fetch_failed", ""),
    ],
)  # fmt: skip
async def test_a_hostile_answer_ends_in_time_with_a_reason_and_harms_no_other(
    server: HostileServer, answer: Answer, code: str, why: str
) -> None:
    server.paths["/bad"] = answer
    error = await refusal(server, "/bad")
    assert error.code in (code, "fetch_failed" if not why else code), error.detail
    assert why in error.detail and server.url in error.detail, error.detail


async def test_a_bomb_costs_no_more_than_the_limit(server: HostileServer) -> None:
    server.paths["/bomb"] = raw(GZIPPED + bomb(200))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await get(server, "/bomb", FetchLimits(max_bytes=100_000_000))
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()


async def test_what_unpacks_too_well_is_a_bomb_though_it_is_within_the_bounds(
    server: HostileServer,
) -> None:
    server.paths["/ratio"] = raw(GZIPPED + bomb(5))
    with pytest.raises(TooLarge, match="200 times"):
        await get(server, "/ratio", FetchLimits())


async def test_the_beginning_is_enough_where_a_cut_is_wanted(server: HostileServer) -> None:
    server.paths["/endless"] = ENDLESS
    async with guarded_client(EgressPolicy.parse(server.allowed)) as client:
        answer = await fetch(client, server.url + "/endless", limits=LIMITS, cut=True)
    assert (len(answer.content), answer.cut) == (300_000, True)


async def test_a_packed_page_of_two_members_is_read(server: HostileServer) -> None:
    body = gzip.compress(b"first ") + gzip.compress(b"second") + b"\0\0"
    server.page("/packed", body, content_encoding="gzip")
    assert (await get(server, "/packed")).content == b"first second"


async def test_only_the_types_that_are_wanted_are_read(server: HostileServer) -> None:
    server.page("/film", "x", content_type="video/mp4")
    server.page("/none", "x", content_type="")
    async with guarded_client(EgressPolicy.parse(server.allowed)) as client:
        for path, said in (("/film", "video/mp4"), ("/none", "nothing about what it is")):
            with pytest.raises(FetchFailed, match=said):
                await fetch(client, server.url + path, media_types={"text/html"})


async def test_cookies_and_secrets_are_never_sent(server: HostileServer) -> None:
    server.page("/cookie", "x", set_cookie="id=1; Path=/")
    async with guarded_client(EgressPolicy.parse(server.allowed)) as client:
        await fetch(client, server.url + "/cookie")
        await fetch(client, server.url + "/good")
    sent = server.asked[-1][1]
    assert "cookie" not in sent and "authorization" not in sent
    assert sent["user-agent"].startswith("Frontdesk/")


@pytest.mark.parametrize(
    ("allowed", "url", "passes"),
    [
        ("", "http://10.1.2.3/", False),
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.0.0.0/8", "http://10.1.2.3:8080/", False),
        ("10.0.0.0/8:8080", "http://10.1.2.3:8080/", True),
        ("127.0.0.1:4000", "http://127.0.0.1:4001/", False),
        ("127.0.0.1:4000", "http://127.0.0.2:4000/", False),
        ("127.0.0.1:4000", "http://0x7f.1:4000/", True),
        ("[::1]:4000, 10.0.0.0/8", "http://[::1]:4000/", True),
        ("docs.example.com:8443", "https://docs.example.com:8443/", True),
        ("docs.example.com:8443", "https://example.com:8443/", False),
        ("*.example.com:8443", "https://docs.example.com:8443/", True),
        ("*.example.com:8443", "https://badexample.com:8443/", False),
    ],
)
def test_the_allow_list_opens_what_it_names_and_nothing_else(
    allowed: str, url: str, passes: bool
) -> None:
    policy = EgressPolicy.parse(allowed)
    if passes:
        check_url(url, policy)
        return
    with pytest.raises(AddressRefused):
        check_url(url, policy)


@pytest.mark.parametrize(
    ("address", "passes"), [("10.0.0.5", True), ("127.0.0.1", True), ("169.254.169.254", False)]
)
async def test_a_name_that_is_allowed_may_be_private_but_never_the_metadata_address(
    address: str, passes: bool
) -> None:
    dialler = Dialler()
    policy = EgressPolicy.parse("wiki.internal")
    async with guarded_client(policy, resolver=Names([address]), dialler=dialler) as client:
        if passes:
            await fetch(client, "http://wiki.internal/")
        else:
            with pytest.raises(AddressRefused):
                await fetch(client, "http://wiki.internal/")
    assert bool(dialler.dialled) is passes


@pytest.mark.parametrize("told", ["http://x", "a b", "10.0.0.0/99", "host:port", "x:0", "[::1"])
def test_an_allow_list_that_cannot_be_read_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=r"no host, address or network|port"):
        EgressPolicy.parse(told)
