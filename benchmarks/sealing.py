"""`python -m benchmarks.sealing`: what sealing costs a message; exit 1 above the floor."""

import secrets
import sys
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.ids import new_id
from tenants.keys import codec
from tenants.keys.keyring import DataKey, Keyring
from tenants.keys.master_keys import LocalMasterKeys

MOST_MICROSECONDS = 60.0  # to seal and to open one message of 500 characters
TIMES = 20_000


def main() -> int:
    """0 where sealing and opening one message stays under the floor."""
    ring, tenant_id, secret = Keyring(LocalMasterKeys(b"m" * 32)), new_id(), secrets.token_bytes(32)
    key = DataKey(new_id(), AESGCM(secret), secret)
    ring.keep(tenant_id, key)
    keys = ring.of(tenant_id)
    blocks = [{"type": "text", "text": "word " * 100}]
    said = codec.personal({"blocks": blocks}, "messages.content", new_id())
    began = time.perf_counter()
    sealed = [keys.seal(said, key) for _ in range(TIMES)]
    between = time.perf_counter()
    for one in sealed:
        keys.open(one)
    ended = time.perf_counter()
    seal, opened = (between - began) / TIMES * 1e6, (ended - between) / TIMES * 1e6
    print(f"seal {seal:.1f} µs, open {opened:.1f} µs, {len(sealed[0]) - len(said)} bytes more")
    return 0 if seal + opened <= MOST_MICROSECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
