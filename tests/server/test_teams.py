"""Teams and assignment: data of the tenant's, filters of its inbox, and what becomes overdue is told."""

from typing import Any

from tests.server.conftest import Desk, Program, problem

UNKNOWN = "Do you fire pots that I made elsewhere?"


def _operator(shop: Program, name: str, role: str = "operator") -> str:
    body = {"email": f"{name}@a.example", "name": name, "role": role}
    return shop.call("POST", "/v1/operators", json=body).json()["operator_id"]


def _handoff(shop: Program) -> dict[str, Any]:
    shop.say(shop.conversation(), UNKNOWN)
    return shop.call("GET", "/v1/handoffs").json()["data"][0]


def _ids(shop: Program, query: str) -> list[str]:
    found = shop.call("GET", f"/v1/handoffs?{query}").json()["data"]
    return [one["handoff_id"] for one in found]


def test_a_team_has_a_name_of_its_own_and_members_of_the_tenant(desk: Desk) -> None:
    shop, other = desk.tenant(), desk.tenant("Other")
    ann, stranger = _operator(shop, "ann"), _operator(other, "zoe")
    made = shop.call("POST", "/v1/teams", json={"name": "Repairs", "member_ids": [ann]})
    assert made.status_code == 201 and made.json()["member_ids"] == [ann]
    team = f"/v1/teams/{made.json()['team_id']}"
    problem(shop.call("POST", "/v1/teams", json={"name": "repairs"}), 409, "conflict")
    unknown = {"name": "Kiln", "member_ids": [stranger]}
    problem(shop.call("POST", "/v1/teams", json=unknown), 404, "not_found")
    problem(other.call("PATCH", team, json={"name": "Ours"}), 404, "not_found")
    assert shop.call("PATCH", team, json={"member_ids": []}).json()["member_ids"] == []
    assert [one["name"] for one in shop.call("GET", "/v1/teams").json()["data"]] == ["Repairs"]
    assert other.call("GET", "/v1/teams").json()["data"] == []


def test_handoffs_are_assigned_filtered_and_claimed_all_the_same(desk: Desk) -> None:
    shop = desk.tenant()
    ann, ben = _operator(shop, "ann"), _operator(shop, "ben")
    viewer = _operator(shop, "vera", "viewer")
    team_id = shop.call("POST", "/v1/teams", json={"name": "Repairs"}).json()["team_id"]
    first, second = _handoff(shop)["handoff_id"], _handoff(shop)["handoff_id"]
    place = f"/v1/handoffs/{first}/assignment"
    problem(shop.call("PATCH", place, json={"assignee_id": viewer}), 403, "denied")
    shop.call("PATCH", place, json={"assignee_id": ann})
    assigned = shop.call("PATCH", place, json={"team_id": team_id}).json()
    assert (assigned["assignee_id"], assigned["team_id"]) == (ann, team_id)
    assert _ids(shop, f"assignee_id={ann}") == _ids(shop, f"team_id={team_id}") == [first]
    assert _ids(shop, "unassigned=true") == [second]
    claimed = shop.call("POST", f"/v1/handoffs/{first}/claim", json={"operator_id": ben}).json()
    assert claimed["assignee_id"] == ben  # who takes it has it
    assert shop.call("DELETE", f"/v1/teams/{team_id}").status_code == 204
    assert _ids(shop, f"assignee_id={ben}") == [first]
    assert shop.call("GET", f"/v1/handoffs/{first}").json()["team_id"] is None
    shop.call("POST", f"/v1/handoffs/{first}/resolve", json={"operator_id": ben})
    problem(shop.call("PATCH", place, json={"assignee_id": ann}), 409, "handoff_closed")
    stranger = desk.tenant("Other")
    problem(stranger.call("PATCH", place, json={"assignee_id": ann}), 404, "not_found")


def test_targets_set_the_clocks_of_the_inbox(desk: Desk) -> None:
    shop = desk.tenant()
    assert shop.call("GET", "/v1/service-targets").json()["first_reply_seconds"] is None
    targets = {"first_reply_seconds": 900, "resolution_seconds": None}
    assert shop.call("PUT", "/v1/service-targets", json=targets).json() == targets
    clock = _handoff(shop)["clock"]
    assert clock["reply_due_at"] and not clock["resolve_due_at"] and not clock["reply_is_overdue"]
    later = _handoff(shop)["handoff_id"]
    assert _ids(shop, "order=due")[-1] == later
    problem(
        shop.call("PUT", "/v1/service-targets", json={"first_reply_seconds": 1}), 422, "invalid"
    )
