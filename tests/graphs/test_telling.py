"""What a node tells reaches whoever runs the turn, or LangGraph's stream where nobody does."""

import asyncio
from typing import Any

from graphs.telling import LOOK, listening, teller


def test_without_a_listener_everything_goes_into_the_stream() -> None:
    streamed: list[Any] = []
    teller(streamed.append)({"kind": "piece"})
    assert streamed == [{"kind": "piece"}]


def test_a_listener_hears_it_instead_and_has_the_stream_looked_at_when_it_asks() -> None:
    streamed: list[Any] = []
    heard: list[dict[str, Any]] = []

    def listen(event: dict[str, Any]) -> bool:
        heard.append(event)
        return event["kind"] == "piece"

    with listening(listen):
        tell = teller(streamed.append)
        tell({"kind": "step"})
        assert streamed == []
        tell({"kind": "piece"})
    assert [event["kind"] for event in heard] == ["step", "piece"]
    assert streamed == [LOOK]


async def test_runs_beside_each_other_hear_their_own_nodes_only() -> None:
    async def run(name: str) -> list[str]:
        heard: list[str] = []

        async def node() -> None:
            await asyncio.sleep(0)
            teller(lambda _event: None)({"kind": name})

        with listening(lambda event: bool(heard.append(event["kind"]))):
            await asyncio.gather(*(asyncio.create_task(node()) for _ in range(3)))
        return heard

    one, other = await asyncio.gather(run("one"), run("other"))
    assert one == ["one"] * 3
    assert other == ["other"] * 3
