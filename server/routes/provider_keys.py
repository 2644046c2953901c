"""Keys of the tenant's own for providers of language models: written, never read back."""

from collections.abc import Collection

from fastapi import APIRouter

from graphs.asking.providers import Access, NotSetUp
from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.models import access_of, set_up
from server.resources import ResourcesDep
from server.shapes.model_schemas import NewProviderKey, ProviderName, ProviderShown, ProvidersShown
from tenants.database.connection import tenant_transaction
from tenants.errors import NotFound
from tenants.keys import provider_keys
from tenants.keys.provider_keys import ProviderKey

router = APIRouter(prefix="/v1/provider-keys", tags=["provider keys"], route_class=CheckedRoute)


@router.get("", operation_id="list_provider_keys")
async def list_provider_keys(caller: AdminDep, held: ResourcesDep) -> ProvidersShown:
    """Every provider: whether it can be asked, and the beginning of the tenant's own key."""
    access = access_of(held.settings)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        own = {key.provider: key for key in await provider_keys.all_of(conn)}
    there = set_up(held.settings)
    shown = [_shown(access, there, one.name, own.get(one.name)) for one in access.all()]
    return ProvidersShown(data=shown)


@router.put("/{provider}", operation_id="put_provider_key")
async def put_provider_key(
    provider: ProviderName, new: NewProviderKey, caller: AdminDep, held: ResourcesDep
) -> ProviderShown:
    """Use this key of the tenant's own from now on; every replica does within a second."""
    access = access_of(held.settings)
    try:
        access.provider(provider)
    except NotSetUp:
        raise NotFound("this server knows no such provider") from None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        kept = await provider_keys.put(
            conn,
            provider,
            new.api_key.get_secret_value(),
            sealer=held.key_sealer,
            actor=caller.actor,
        )
    return _shown(access, set_up(held.settings), provider, kept)


@router.delete("/{provider}", operation_id="delete_provider_key", status_code=204)
async def delete_provider_key(provider: ProviderName, caller: AdminDep, held: ResourcesDep) -> None:
    """Forget the tenant's own key; the platform's is used instead, where there is one."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await provider_keys.delete(conn, provider)


def _shown(
    access: Access, there: Collection[str], name: str, own: ProviderKey | None
) -> ProviderShown:
    provider = access.provider(name)
    return ProviderShown(
        provider=name,
        title=provider.title,
        installed=provider.is_installed,
        needs_key=provider.needs_key,
        platform_key=name in access.keys if provider.needs_key else name in there,
        own_key_prefix=own.prefix if own else None,
        own_key_created_at=own.created_at if own else None,
    )
