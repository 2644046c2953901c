"""Words of transcripts as keyed hashes, so that sealed text can be searched.

The key is the tenant's index key, which has one version for good: a word has the same hash for as
long as the tenant lives, and nobody without the key can try words out. A conversation has each of its
words once, as it is written and as the stem of the text's language; they go with the conversation.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from tenants.database.connection import TenantConnection
from tenants.database.desk_connection import keys_of
from tenants.finding.languages import detect
from tenants.finding.lexemes import STEMMED_LANGUAGES, lexemes, lexemes_of_each

MOST_WORDS = 1_000  # of one message
MOST_TERMS = 12  # of one question
_PURPOSE = b"transcript-words"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: a conversation has a word of each place."""

    hashes: list[int]
    places: list[int]

    @property
    def count(self) -> int:
        """How many words must be there."""
        return len(set(self.places))


async def wanted(conn: TenantConnection, text: str) -> Wanted:
    """What a question looks for: every word of it, in whichever language its stem is."""
    key = await _key(conn)
    places: list[tuple[int, int]] = []
    if key is not None:
        for place, word in enumerate(list(dict.fromkeys(lexemes(text, "")))[:MOST_TERMS]):
            forms = {word, *(one for lang in STEMMED_LANGUAGES for one in lexemes(word, lang))}
            places.extend((one, place) for one in _hashes(key, sorted(forms)))
    return Wanted([one for one, _ in places], [place for _, place in places])


async def hashes_of(conn: TenantConnection, text: str) -> list[int]:
    """What a message is found by; nothing where the connection has no keys."""
    key = await _key(conn)
    if key is None or not text:
        return []
    words = dict.fromkeys(lexemes_of_each(text, ["", detect(text)]))
    return sorted(set(_hashes(key, list(words)[:MOST_WORDS])))


async def _key(conn: TenantConnection) -> bytes | None:
    keys = keys_of(conn.raw)
    if keys is None:
        return None
    return hmac.digest(await keys.index_key(conn.raw), _PURPOSE, hashlib.sha256)


def _hashes(key: bytes, words: Iterable[str]) -> list[int]:
    """HMAC-SHA-256 of each word, its first 64 bits; the key is taken in once for all of them."""
    keyed, hashes = hmac.new(key, digestmod=hashlib.sha256), list[int]()
    for word in words:
        one = keyed.copy()
        one.update(word.encode())
        hashes.append(int.from_bytes(one.digest()[:8], "big", signed=True))
    return hashes
