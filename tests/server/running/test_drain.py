"""The drain: from the signal on no more work is wanted here."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from server.errors import Draining
from server.resources import Resources
from server.routes.health import get_readiness
from server.running.drain import Drain


@dataclass
class Going:
    """What is looked at of a process that goes."""

    drain: Drain = field(default_factory=Drain)


async def test_a_process_that_goes_is_not_ready_from_the_signal_on() -> None:
    held = Going()
    held.drain.start()
    with pytest.raises(Draining):
        await get_readiness(cast(Resources, held))
