"""The doctor's look at language models: which providers are there, and does each one answer.

A provider is asked for its list of models, which costs nothing and shows whether address and key
are right; then every model that the settings name is asked for a word.
"""

import asyncio
import time
from collections.abc import Sequence

import httpx2
from pydantic import ValidationError

from graphs.asking.call_failures import failure_of
from graphs.asking.model_clients import close_model
from graphs.asking.prices import Prices
from graphs.asking.providers import (
    Access,
    NotSetUp,
    Provider,
    chat_model,
    provider_of,
)
from server.commands.findings import Finding
from server.models import access_of, named_models, set_up
from settings import Settings
from tenants.errors import Invalid

LIST_SECONDS = 8.0
WORD_SECONDS = 20.0
_ANSWER_TOKENS = 16  # some refuse to be asked for less
_VERSION = "2023-06-01"  # of the interface, as Anthropic's wants to be told


async def look_at_models(
    settings: Settings, *, list_seconds: float = LIST_SECONDS, word_seconds: float = WORD_SECONDS
) -> list[Finding]:
    """A finding for every provider, every model that is named, and the table of prices."""
    access, named = access_of(settings), named_models(settings)
    there = set_up(settings)
    seen = await asyncio.gather(
        *(_provider(one, access, one.name in there, list_seconds) for one in access.all()),
        *(_model(name, access, word_seconds) for name in named),
    )
    if not named:
        seen.append(Finding("model", True, "extractive: no provider is asked"))
    return [*seen, _prices(settings, named)]


async def _provider(provider: Provider, access: Access, in_use: bool, seconds: float) -> Finding:
    what, key = "provider", access.keys.get(provider.name)
    address = access.address(provider)
    if not in_use:
        missing = "no key" if provider.needs_key else "no address"
        package = "" if provider.is_installed else f", no package: {_install(provider)}"
        return Finding(what, True, f"{provider.name}: not set up ({missing}{package})", absent=True)
    if not provider.is_installed:
        return Finding(what, False, f"{provider.name}: its package is missing", _install(provider))
    if provider.needs_key and not key:
        return Finding(what, False, f"{provider.name}: no key", f"give {_variable(provider)}")
    began = time.monotonic()
    mend = f"check {_variable(provider)} and the address {address}; other models answer meanwhile"
    try:
        count = await _count_models(provider, address, key, seconds)
    except (httpx2.HTTPError, ValueError, TimeoutError) as error:
        return Finding(what, False, f"{provider.name}: {_why(error, seconds)}", mend)
    took = f"{time.monotonic() - began:.1f} s"
    return Finding(what, True, f"{provider.name}: {count} models at {address} ({took})")


async def _count_models(provider: Provider, address: str, key: str | None, seconds: float) -> int:
    path = {"ollama": "/api/tags", "anthropic": "/v1/models"}.get(provider.dialect, "/models")
    headers = {"authorization": f"Bearer {key}"} if key else {}
    if provider.dialect == "anthropic":
        headers = {"x-api-key": key or "", "anthropic-version": _VERSION}
    async with asyncio.timeout(seconds), httpx2.AsyncClient(timeout=seconds) as client:
        answer = await client.get(f"{address}{path}", headers=headers)
    answer.raise_for_status()
    listed = answer.json()
    found = listed if isinstance(listed, list) else listed.get("data") or listed.get("models") or []
    return len(found)


async def _model(name: str, access: Access, seconds: float) -> Finding:
    mend = "see its provider above; answers fall back to the next model meanwhile"
    began = time.monotonic()
    try:
        key = access.keys.get(provider_of(name))
        asked = chat_model(name, key, access, timeout_seconds=seconds, max_tokens=_ANSWER_TOKENS)
        try:
            async with asyncio.timeout(seconds):
                await asked.ainvoke("Say yes.")
        finally:
            await close_model(asked)
    except NotSetUp as missing:
        return Finding("model", False, f"{name}: {missing.kind}", mend)
    except ValidationError:
        return Finding("model", False, f"{name}: its settings are refused by its package", mend)
    except Exception as error:  # every provider has an error tree of its own
        return Finding("model", False, f"{name}: {_why(error, seconds)}", mend)
    return Finding("model", True, f"{name} answers ({time.monotonic() - began:.1f} s)")


def _prices(settings: Settings, named: Sequence[str]) -> Finding:
    try:
        prices = Prices.read(settings.prices)
    except Invalid as error:
        return Finding(
            "prices", False, error.detail, "mend the file, or leave FRONTDESK_PRICES out"
        )
    guessed = [name for name in named if not prices.of(name).known]
    if guessed:
        saw = f"{', '.join(guessed)}: in no table, counted as a dear model"
        return Finding("prices", False, saw, "give their prices by FRONTDESK_PRICES")
    return Finding("prices", True, "every model that is named has a price")


def _why(error: Exception, seconds: float) -> str:
    """What went wrong, without the error's text: it may hold an address with a key in it."""
    kind = failure_of(error).kind
    if kind == "TimeOut":
        return f"no answer in {seconds:g} s"
    if kind in ("Status401", "Status403"):
        return f"the key is refused ({kind.removeprefix('Status')})"
    return f"status {kind.removeprefix('Status')}" if kind.startswith("Status") else kind


def _install(provider: Provider) -> str:
    return f"make install EXTRAS={provider.extra}"


def _variable(provider: Provider) -> str:
    known = {"ollama": "OLLAMA_HOST"}
    if provider.title == provider.name:
        return "FRONTDESK_MODEL_ENDPOINT_KEYS"
    return known.get(provider.name, f"{provider.name.upper()}_API_KEY")
