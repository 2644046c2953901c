"""500 attacks on a server whose language model obeys every order that it reads: how many did harm?

    python -m benchmarks.obedience [--attacks 500] [--data ../shared/data]

Half of the attacks carry texts of the injection set where it is there. The server, its database and
the provider's API run in this process and on loopback ports; see tests/server/obedience.py.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from evals.__main__ import DATA
from evals.sets import gold_files
from evals.suites.injection import GOLD
from tests.databases import cluster, fresh_database
from tests.openai_loopback import openai_loopback
from tests.server.attacks import attacks
from tests.server.conftest import serving
from tests.server.obedience import PROVIDER_KEY, Obedient, Siege


def main() -> int:
    """Run the siege and print the table; 1 where there was any harm."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.obedience", description=__doc__)
    parser.add_argument("--attacks", type=int, default=500)
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    texts = [
        r["text"] for _, _, rows in gold_files(asked.data, *GOLD) for r in rows if r["label"] == 1
    ]
    tried = attacks(asked.attacks, texts=texts)
    model = Obedient()
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="siege-") as folder,
        cluster(Path(folder)) as server,
        fresh_database(server, "siege") as database,
        openai_loopback() as provider,
    ):
        provider.choose = model
        with serving(
            database,
            model="deepseek",
            deepseek_api_key=PROVIDER_KEY,
            deepseek_api_base=provider.base_url,
        ) as desk:
            harms = Siege(desk, model, database.superuser).run(tried)
    by_vector = Counter(attack.vector for attack in tried)
    harmed = Counter(harm.partition(":")[0] for harm in harms)
    for vector, count in sorted(by_vector.items()):
        print(f"{vector:10} {count:5} attacks {harmed[vector]:5} harmful effects")
    print(
        f"{len(tried)} attacks ({len(texts)} texts of the injection set), {model.heard} calls of the "
        f"model, {len(harms)} harmful effects, {time.perf_counter() - began:.0f} s"
    )
    for harm in harms[:20]:
        print(harm)
    return int(bool(harms))


if __name__ == "__main__":
    raise SystemExit(main())
