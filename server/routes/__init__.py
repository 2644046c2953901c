"""One resource a module; this is the list of them all."""

from fastapi import APIRouter

from server.routes import (
    api_keys,
    assistants,
    contacts,
    conversations,
    events,
    handoffs,
    health,
    interrupts,
    jobs,
    knowledge_bases,
    messages,
    operators,
    suggestions,
    tenants,
    turns,
    usage,
    websocket,
    widget_sessions,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    tenants.router,
    api_keys.router,
    assistants.router,
    knowledge_bases.router,
    suggestions.router,
    jobs.router,
    contacts.router,
    conversations.router,
    messages.router,
    events.router,
    turns.router,
    handoffs.router,
    interrupts.router,
    operators.router,
    usage.router,
    widget_sessions.router,
    websocket.router,
)
