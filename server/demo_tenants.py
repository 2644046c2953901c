"""The demo tenants as a data folder remembers them: names, keys, what to ask."""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tenants.keys.secrets import replace_secret

KEYS_FILE = "demo.keys"
SEEDS = tuple(Path(__file__).parent / "demo" / name for name in ("shop.json", "clinic.json"))


class DemoTenant(BaseModel):
    """One seeded tenant; `seed` is the hash of what it was seeded from."""

    model_config = ConfigDict(frozen=True)

    name: str
    slug: str
    tenant_id: str
    api_key: str
    assistant_id: str
    knowledge_base_id: str
    questions: list[str]
    seed: str = ""
    operator_id: str = ""


_TENANTS = TypeAdapter(list[DemoTenant])


def demo_tenants(data: Path) -> list[DemoTenant]:
    """The seeded tenants with their keys; none where nothing was seeded."""
    try:
        return _TENANTS.validate_json((data / KEYS_FILE).read_bytes())
    except FileNotFoundError:
        return []


def remember(data: Path, known: list[DemoTenant]) -> None:
    """Keep the tenants' keys in the data folder, for its owner alone."""
    replace_secret(data / KEYS_FILE, _TENANTS.dump_json(known, indent=1).decode())


def seed_hashes() -> dict[str, str]:
    """The hash of each seed by its slug."""
    texts = [seed.read_bytes() for seed in SEEDS]
    return {json.loads(text)["slug"]: hashlib.sha256(text).hexdigest() for text in texts}
