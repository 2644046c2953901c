"""The demo shop's service within the test process, and a shop over it: every call crosses the wire."""

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from server.demo_shop.store import Store
from tools.connector import Connector
from tools.connector_settings import ConnectorSettings
from tools.egress import EgressPolicy, guarded_client
from tools.http_shop import HttpShop

TOKEN = "demo-shop-token"
ALMA, BO = "demo-alma", "demo-bo"


@contextmanager
def demo_shop_service() -> Generator[ShopServer]:
    """The service on a free port of the loopback, with books of its own in memory."""
    store = Store(None)
    server = ShopServer(store, TOKEN)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        store.close()


@asynccontextmanager
async def shop_over(
    server: ShopServer, *, token: str = TOKEN, knows_keys: bool = True, **changed: Any
) -> AsyncGenerator[HttpShop]:
    """A tenant's shop that is connected to the service."""
    settings = ConnectorSettings.model_validate(
        demo_connector(server.url, knows_keys=knows_keys) | changed
    )
    policy = EgressPolicy.parse(server.url.removeprefix("http://"))
    async with guarded_client(policy) as client:
        yield HttpShop([Connector("shop", settings, token, client)])
