"""Teams of operators."""

from dataclasses import asdict

from fastapi import APIRouter

from server.access.auth import AdminDep, HandoffsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.inbox_schemas import NewTeam, TeamChange, TeamShown
from server.shapes.paging import Page
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.desk import teams

router = APIRouter(prefix="/v1/teams", tags=["operators"], route_class=CheckedRoute)


@router.post("", operation_id="create_team", status_code=201)
async def create_team(new: NewTeam, caller: AdminDep, held: ResourcesDep) -> TeamShown:
    """A team under a name that no other has."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return TeamShown(**asdict(await teams.create(conn, new.name, new.member_ids)))


@router.get("", operation_id="list_teams")
async def list_teams(caller: HandoffsDep, held: ResourcesDep) -> Page[TeamShown]:
    """The tenant's teams, by name."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await teams.all_of(conn)
    return Page[TeamShown](data=[TeamShown(**asdict(one)) for one in found])


@router.patch("/{team_id}", operation_id="change_team")
async def change_team(
    team_id: Id, change: TeamChange, caller: AdminDep, held: ResourcesDep
) -> TeamShown:
    """Change a team's name or its members."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        changed = await teams.change(conn, team_id, name=change.name, member_ids=change.member_ids)
    return TeamShown(**asdict(changed))


@router.delete("/{team_id}", operation_id="delete_team", status_code=204)
async def delete_team(team_id: Id, caller: AdminDep, held: ResourcesDep) -> None:
    """Dissolve a team; what was assigned to it is nobody's again."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await teams.delete(conn, team_id)
