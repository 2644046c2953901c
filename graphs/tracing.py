"""Traces for LangSmith: off unless switched on, and then without anybody's words."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from langsmith import Client
from langsmith.run_helpers import tracing_context
from langsmith.run_trees import configure

_MASK = "masked"


class Tracing:
    """Whether and how a process traces its turns; nothing is sent while it is off."""

    def __init__(self, client: Client | None, *, project: str = "frontdesk") -> None:
        self._client = client
        self._project = project

    @classmethod
    def off(cls) -> "Tracing":
        """No turn is traced, whatever the environment says."""
        return cls(None)

    @classmethod
    def on(
        cls,
        *,
        show_text: bool = False,
        api_url: str | None = None,
        api_key: str | None = None,
        project: str = "frontdesk",
    ) -> "Tracing":
        """Every turn is traced; inputs and outputs are masked unless `show_text`.

        Address and key come from LangSmith's own variables where they are not given.
        """
        hide = False if show_text else _masked
        made = Client if show_text else _MaskedClient
        client = made(api_url=api_url, api_key=api_key, hide_inputs=hide, hide_outputs=hide)
        return cls(client, project=project)

    @property
    def is_on(self) -> bool:
        """Whether turns are traced."""
        return self._client is not None

    def begin(self) -> None:
        """From now on nothing of this process is traced outside a turn, whatever the environment says.

        LangChain would trace any other call of a model by itself, unmasked, in the project of its
        own variables: an impact report asks models too, and is no turn.
        """
        configure(enabled=False, client=self._client)

    @contextmanager
    def turn(self, metadata: dict[str, Any]) -> Generator[None]:
        """Everything inside is one turn's trace, or surely none."""
        if self._client is None:
            with tracing_context(enabled=False):
                yield
            return
        with tracing_context(
            enabled=True, client=self._client, project_name=self._project, metadata=metadata
        ):
            yield

    def flush(self) -> None:
        """Send what is still waiting; blocks, for the end of a process."""
        if self._client is not None:
            self._client.flush()


class _MaskedClient(Client):
    """Masks what a run failed with as well: an interrupt is such an error, and quotes its folder."""

    def _hide_run_error(self, error: Any) -> Any:
        return None if error is None else _MASK


def _masked(values: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(values, _MASK)
