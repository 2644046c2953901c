"""How tests call servers of this machine: as `httpx2` does, without getting ready for TLS each time.

`httpx2` reads all authorities of the world for every request that brings no client, which takes 35 ms
of a processor, twenty times what the request itself does. Servers of tests speak plain HTTP.
"""

import ssl
from functools import partial

import httpx2

_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

request = partial(httpx2.request, verify=_TRUSTS_NOBODY)
get = partial(httpx2.get, verify=_TRUSTS_NOBODY)
post = partial(httpx2.post, verify=_TRUSTS_NOBODY)
patch = partial(httpx2.patch, verify=_TRUSTS_NOBODY)
stream = partial(httpx2.stream, verify=_TRUSTS_NOBODY)
Client = partial(httpx2.Client, verify=_TRUSTS_NOBODY)
AsyncClient = partial(httpx2.AsyncClient, verify=_TRUSTS_NOBODY)
