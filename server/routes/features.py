"""Features: what a tenant has them be, for all of its conversations or for a share."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.schemas import Body, Shown
from tenants.configuring import features
from tenants.configuring.features import Chosen, Feature
from tenants.database.connection import tenant_transaction

router = APIRouter(prefix="/v1/features", tags=["features"], route_class=CheckedRoute)
FeatureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class NewFeatureValue(Body):
    """A value, and for how many of a hundred conversations; each keeps what it has drawn."""

    value: str = Field(min_length=1, max_length=40)
    percent: int = Field(default=100, ge=0, le=100)


class FeatureShown(Shown):
    """A feature and what the tenant has it be; `value` is null where it left the default."""

    feature: str
    about: str
    values: list[str]
    default: str
    value: str | None = None
    percent: int = 100
    updated_at: datetime | None = None


class FeaturesShown(Shown):
    data: list[FeatureShown]


@router.get("", operation_id="list_features")
async def list_features(caller: AdminDep, held: ResourcesDep) -> FeaturesShown:
    """Every feature of this release, with the tenant's own choice."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        chosen = {one.feature: one for one in await features.all_of(conn)}
    return FeaturesShown(data=[_shown(one, chosen.get(one.name)) for one in features.FEATURES])


@router.put("/{feature}", operation_id="put_feature")
async def put_feature(
    feature: FeatureName, new: NewFeatureValue, caller: AdminDep, held: ResourcesDep
) -> FeatureShown:
    """Choose a value, for all conversations or a share; turns follow within a second."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        chosen = await features.put(conn, feature, new.value, new.percent)
    return _shown(features.known(feature), chosen)


@router.delete("/{feature}", operation_id="delete_feature", status_code=204)
async def delete_feature(feature: FeatureName, caller: AdminDep, held: ResourcesDep) -> None:
    """Go back to the default."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await features.delete(conn, feature)


def _shown(feature: Feature, chosen: Chosen | None) -> FeatureShown:
    shown = FeatureShown(
        feature=feature.name,
        about=feature.about,
        values=list(feature.values),
        default=feature.default,
    )
    if chosen is None:
        return shown
    own = {"value": chosen.value, "percent": chosen.percent, "updated_at": chosen.updated_at}
    return shown.model_copy(update=own)
