"""API keys of the caller's tenant."""

from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.people_schemas import RotateApiKey
from server.shapes.schemas import ApiKeyCreated, ApiKeyShown, Id, NewApiKey
from tenants.database.connection import tenant_transaction
from tenants.people import credentials

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"], route_class=CheckedRoute)


@router.post("", operation_id="create_api_key", status_code=201, openapi_extra={"x-secret": True})
async def create_api_key(new: NewApiKey, caller: AdminDep, held: ResourcesDep) -> ApiKeyCreated:
    """Make a key; the answer is the only place that ever shows it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        record, key = await credentials.create_api_key(
            conn,
            new.name,
            new.scopes,
            pepper=held.credentials.pepper,
            expires_at=new.expires_at,
        )
    return ApiKeyCreated(**asdict(record), api_key=key)


@router.get("", operation_id="list_api_keys")
async def list_api_keys(
    caller: AdminDep, held: ResourcesDep, paging: PagingDep
) -> Page[ApiKeyShown]:
    """Keys without their secrets, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await credentials.list_api_keys(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[ApiKeyShown](**paging.page(found, lambda key: key.api_key_id, asdict))


@router.delete("/{api_key_id}", operation_id="revoke_api_key", status_code=204)
async def revoke_api_key(api_key_id: Id, caller: AdminDep, held: ResourcesDep) -> None:
    """Make a key useless; no process of this server takes it on return."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await credentials.revoke_api_key(conn, api_key_id)
    held.credentials.forget_key(api_key_id)
    await held.credentials.settled()


@router.post(
    "/{api_key_id}/rotate",
    operation_id="rotate_api_key",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def rotate_api_key(
    api_key_id: Id, caller: AdminDep, held: ResourcesDep, wish: RotateApiKey | None = None
) -> ApiKeyCreated:
    """Make a key that takes the place of one; both are good until the overlap ends."""
    wish = wish or RotateApiKey()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        record, key = await credentials.rotate_api_key(
            conn,
            api_key_id,
            overlap=timedelta(seconds=wish.overlap_seconds),
            expires_at=wish.expires_at,
            pepper=held.credentials.pepper,
        )
    held.credentials.forget_key(api_key_id)
    return ApiKeyCreated(**asdict(record), api_key=key)
