"""A small client of our own HTTP API, for the commands that talk to a running server."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from server.start import StartFailed

TIMEOUT_SECONDS = 60.0
CONNECT_SECONDS = 5.0
UPLOAD_SECONDS = 180.0


class ApiClient:
    """Calls a server as one tenant; a problem becomes `StartFailed` with its own words."""

    def __init__(self, url: str, key: str, transport: httpx2.BaseTransport | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = httpx2.Client(
            base_url=self._url,
            headers={"authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON that a call answers with. Raises: StartFailed."""
        with self._plainly():
            answer = self._http.request(method, path, json=body)
            _check(answer)
            return answer.json()

    def upload(
        self, path: str, files: Sequence[tuple[str, bytes]], fields: Mapping[str, str]
    ) -> Any:
        """The JSON that a form with files is answered with. Raises: StartFailed."""
        parts = [("file", (name, content)) for name, content in files]
        with self._plainly():
            answer = self._http.post(path, files=parts, data=dict(fields), timeout=UPLOAD_SECONDS)
            _check(answer)
            return answer.json()

    def download(self, path: str, target: Path) -> int:
        """The size of a file that was fetched, whole or not at all. Raises: StartFailed."""
        part = target.with_name(f"{target.name}.part")
        with self._plainly(), self._http.stream("GET", path) as answer:
            if answer.is_error:
                answer.read()
            _check(answer)
            with part.open("wb") as opened:
                for piece in answer.iter_bytes():
                    opened.write(piece)
        part.replace(target)
        return target.stat().st_size

    def events(
        self, method: str, path: str, body: Any = None, *, last_event_id: int = 0
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """A stream's events (type, data) with the number as `id` in the data, as they come."""
        headers = {"accept": "text/event-stream"}
        if last_event_id:
            headers["last-event-id"] = str(last_event_id)
        endless = httpx2.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS)
        with (
            self._plainly(),
            self._http.stream(method, path, json=body, headers=headers, timeout=endless) as answer,
        ):
            if answer.is_error:
                answer.read()
            _check(answer)
            yield from _parsed(answer.iter_lines())

    @contextmanager
    def _plainly(self) -> Generator[None]:
        try:
            yield
        except httpx2.TransportError as error:
            raise StartFailed(
                f"no server answers at {self._url} ({type(error).__name__}); is it running?"
            ) from error


def _check(answer: httpx2.Response) -> None:
    if answer.is_error:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        said = problem.get("detail") or problem.get("title") or f"status {answer.status_code}"
        raise StartFailed(f"the server said: {said}")


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind, data, number = "message", "", None
    for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
        elif line.startswith("id:"):
            number = int(line[3:])
        elif not line and data:
            yield kind, json.loads(data) | ({"id": number} if number is not None else {})
            kind, data, number = "message", "", None
