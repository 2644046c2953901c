"""What `frontdesk deliveries` does: deliveries of a running server, listed and driven again."""

from typing import Any

import typer

from server.commands.api_client import ApiClient

PAGE = 200
MOST_PAGES = 50


def show_deliveries(url: str, key: str, *, state: str, redrive: bool) -> None:
    """Print a line for each delivery in this state; send the dead ones again. Raises: StartFailed."""
    client = ApiClient(url, key)
    try:
        found = _all(client, "dead" if redrive else state)
        for one in found:
            typer.echo(_line(one))
            if redrive:
                client.call("POST", f"/v1/deliveries/{one['delivery_id']}/redrive")
        typer.echo(f"{len(found)} {'queued again' if redrive else state}")
    finally:
        client.close()


def _all(client: ApiClient, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        page = client.call("GET", f"/v1/deliveries?state={state}&limit={PAGE}{cursor}")
        found += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    return found


def _line(one: dict[str, Any]) -> str:
    last = one["tries"][0] if one["tries"] else {}
    target = one["webhook_endpoint_id"] or one["channel_id"]
    return (
        f"{one['delivery_id']}  {one['event']} to {target}  tries {one['attempts']}  "
        f"{last.get('error') or last.get('status') or 'not tried yet'}"
    )
