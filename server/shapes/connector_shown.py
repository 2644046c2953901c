"""A connector as it is shown: its settings by their defaults, its tools by how they stand."""

from collections.abc import Mapping
from typing import Any, Literal

from server.shapes.connector_schemas import ConnectorShown, OwnToolShown, ServiceOperationShown
from tenants.outside.connectors import Connector
from tools.connector_settings import ConnectorSettings
from tools.own_settings import OwnSettings


def shown(one: Connector) -> ConnectorShown:
    """A connector without its secret."""
    kind = ConnectorSettings if one.kind == "http" else OwnSettings
    settings = kind.model_validate(one.settings)
    parts = settings.parts() if isinstance(settings, ConnectorSettings) else ()
    return ConnectorShown(
        connector_id=one.connector_id,
        kind=one.kind,
        name=one.name,
        settings=settings.model_dump(mode="json"),
        has_secret=one.secret is not None,
        enabled=one.disabled_at is None,
        serves=sorted(parts),
        tools=[
            OwnToolShown(
                name=str(told["setting"]["name"]),
                operation=str(told["setting"]["operation"]),
                state=_state(one, str(told["setting"]["operation"])),
            )
            for told in one.chosen
        ],
        document_url=one.document_url,
        looked_at=one.looked_at,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )


def operation_shown(told: Mapping[str, Any], named: Mapping[str, str]) -> ServiceOperationShown:
    """One operation; `named` are the tools by their operations."""
    return ServiceOperationShown(
        operation=told["operation"],
        title=told["title"],
        description=told["description"],
        reads=told["reads"],
        hints=told["hints"],
        arguments=told["arguments"],
        fingerprint=told["fingerprint"],
        problem=told["problem"],
        tool=named.get(told["operation"]),
    )


def _state(one: Connector, operation: str) -> Literal["ready", "changed", "gone"]:
    if operation not in one.suspended:
        return "ready"
    return "changed" if one.suspended[operation] else "gone"
