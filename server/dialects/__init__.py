"""Other programs' ways to call: the same use cases and credentials under the addresses they know.

One dialect a module; docs/dialects.md says who speaks which.
"""

from fastapi import APIRouter

from server.dialects import agents, bots, mcp, sessions

DIALECTS: tuple[APIRouter, ...] = (*agents.ROUTERS, *sessions.ROUTERS, *bots.ROUTERS, *mcp.ROUTERS)
