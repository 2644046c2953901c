"""What the preparing process is told."""

from pydantic import BaseModel


class Plan(BaseModel):
    """Which database to prepare, and whether to seed the demo tenants."""

    owner_url: str
    app_url: str
    data: str
    master_key: str
    demo: bool
    embeddings: str
    threads: int
    stamp: str
