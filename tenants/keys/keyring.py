"""The keys that a process has unwrapped, and how one transaction seals and opens with them.

A sealed value: `\\x03fd`, the length and name of what it is, the data key's id, the id of its row, a
nonce, the ciphertext. Everything before the nonce, and the tenant, are associated data: a value opens
under its tenant, and readers see which column and row it was sealed for. What an earlier release has
sealed begins with `\\x02fd` and names no row.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.ids import new_id, parse_id
from tenants.keys import data_keys
from tenants.keys.codec import ROW_BYTES, Personal, marked
from tenants.keys.data_keys import Connection, WrappedKey
from tenants.keys.master_keys import MasterKeys

SEALED = b"\x03fd"
SEALED_BEFORE = b"\x02fd"  # of any row
KEY_BYTES = 32
MOST_KEYS = 20_000  # some 10 MB; each is one statement to have again
CURRENT_SECONDS = 3_600  # a new version of a key is written under after so long at the latest
_ID_BYTES, _NONCE_BYTES = 16, 12
_SUBJECTS = (
    "contact_id",
    "conversation_id",
    "turn_id",
    "action_id",
)  # of a statement's parameters, best first

Subject = tuple[str, UUID | None]
_OF_TENANT: Subject = ("tenant", None)
_INDEX: Subject = ("index", None)


@dataclass(frozen=True, slots=True)
class DataKey:
    """One unwrapped key."""

    key_id: UUID
    cipher: AESGCM
    secret: bytes
    binds_from: float = (
        0  # seconds since 1970; before it, values are sealed for no row in particular
    )


class Keyring:
    """The unwrapped keys of a process, by tenant, the longest unused forgotten first."""

    def __init__(self, master: MasterKeys, *, most: int = MOST_KEYS) -> None:
        self.master = master
        self._most = most
        self._keys: OrderedDict[tuple[UUID, bytes], DataKey] = OrderedDict()
        self._current: OrderedDict[tuple[UUID, Subject], tuple[DataKey, float]] = OrderedDict()

    def of(self, tenant_id: UUID) -> "TenantKeys":
        """What one transaction of this tenant works with."""
        return TenantKeys(self, tenant_id)

    def find(self, tenant_id: UUID, key_id: bytes) -> DataKey | None:
        """A key that was unwrapped before."""
        return _used(self._keys, (tenant_id, key_id))

    def current(self, tenant_id: UUID, subject: Subject) -> DataKey | None:
        """The key that a subject's content is written under, if it was looked up lately."""
        found = _used(self._current, (tenant_id, subject))
        return found[0] if found is not None and found[1] > time.monotonic() else None

    def keep(self, tenant_id: UUID, key: DataKey, subjects: Iterable[Subject] = ()) -> None:
        """Remember a key that is committed, and whose it is."""
        _put(self._keys, (tenant_id, key.key_id.bytes), key, self._most)
        until = time.monotonic() + CURRENT_SECONDS
        for subject in subjects:
            _put(self._current, (tenant_id, subject), (key, until), self._most)

    def forget(self) -> None:
        """Look everything up anew: keys were made or dropped by this process's own hand."""
        self._keys.clear()
        self._current.clear()


class TenantKeys:
    """The keys of one tenant in one transaction.

    What the transaction itself has made is shared with others only once it is committed.
    """

    __slots__ = ("_fresh", "_fresh_keys", "_ring", "missing", "tenant_id")

    def __init__(self, ring: Keyring, tenant_id: UUID) -> None:
        self._ring = ring
        self.tenant_id = tenant_id
        self.missing: set[bytes] = set()
        self._fresh: dict[Subject, DataKey] = {}
        self._fresh_keys: dict[bytes, DataKey] = {}

    def open(self, stored: bytes) -> bytes:
        """What was sealed; as it is stored where its key is not there, and that key is `missing`."""
        place = len(SEALED) + 1 + stored[len(SEALED)]
        key_id = bytes(stored[place : place + _ID_BYTES])
        row_bytes = ROW_BYTES if stored[: len(SEALED)] == SEALED else 0
        head = bytes(stored[: place + _ID_BYTES + row_bytes])
        key = self._fresh_keys.get(key_id) or self._ring.find(self.tenant_id, key_id)
        if key is None:
            self.missing.add(key_id)
            return stored
        nonce_end = len(head) + _NONCE_BYTES
        nonce, content = bytes(stored[len(head) : nonce_end]), bytes(stored[nonce_end:])
        try:
            plain = key.cipher.decrypt(nonce, content, self.tenant_id.bytes + head)
        except InvalidTag:
            return stored  # of another tenant or changed: no reader knows the form
        return marked(plain, head[len(SEALED) + 1 : place].decode(), head[place + _ID_BYTES :])

    async def load_missing(self, conn: Connection) -> bool:
        """Whether keys that were missing are there now."""
        wanted, self.missing = {UUID(bytes=one) for one in self.missing}, set()
        found = await data_keys.load(conn, self.tenant_id, wanted)
        for wrapped in found:
            key = await self._unwrapped(wrapped)
            self._fresh_keys[key.key_id.bytes] = key
        return bool(found)

    async def sealed(self, conn: Connection, given: Mapping[str, Any]) -> dict[str, Any]:
        """A statement's parameters with everything personal sealed under its subject's key."""
        key: DataKey | None = None
        made = dict(given)
        for name, value in given.items():
            if type(value) is Personal:
                key = key or await self.key_of(conn, given)
                made[name] = self.seal(value, key)
            elif type(value) is list and any(
                type(one) is Personal for one in cast(list[Any], value)
            ):
                key = key or await self.key_of(conn, given)
                made[name] = [self.seal(one, key) for one in cast(list[Any], value)]
        return made

    def seal(self, plain: Any, key: DataKey) -> Any:
        """One value as it is stored; what is not personal stays."""
        if type(plain) is not Personal:
            return plain
        named = plain.of.encode()
        row = plain.row if time.time() >= key.binds_from else b""
        form = SEALED if row else SEALED_BEFORE
        head = form + bytes([len(named)]) + named + key.key_id.bytes + row
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, bytes(plain), self.tenant_id.bytes + head)
        return head + nonce + sealed

    async def key_of(self, conn: Connection, given: Mapping[str, Any]) -> DataKey:
        """The key of the contact that a statement is about, else the tenant's own."""
        subjects: list[Subject] = [
            (name, given[name]) for name in _SUBJECTS if isinstance(given.get(name), UUID)
        ]
        for subject in subjects:
            known = self._fresh.get(subject) or self._ring.current(self.tenant_id, subject)
            if known is not None:
                self._note(known, subjects)
                return known
        for subject in subjects:
            contact_id = await self._contact_of(conn, subject)
            if contact_id is not None:
                whose: Subject = ("contact_id", contact_id)
                known = self._fresh.get(whose) or self._ring.current(self.tenant_id, whose)
                known = known or await self._newest(conn, contact_id)
                self._note(known, [*subjects, whose])
                return known
        known = self._fresh.get(_OF_TENANT) or self._ring.current(self.tenant_id, _OF_TENANT)
        if known is None:
            known = await self._newest(conn, None)
            self._note(known, [_OF_TENANT])
        return known

    async def key_of_thread(self, conn: Connection, thread_id: str) -> DataKey:
        """A thread is a conversation's or an action's, by its id; Studio's are nobody's."""
        named = parse_id(thread_id)
        return await self.key_of(conn, {"conversation_id": named, "action_id": named})

    async def newest(self, conn: Connection, contact_id: UUID | None) -> DataKey:
        """The newest version of a contact's key, or of the tenant's own, as the database has it."""
        return await self._newest(conn, contact_id)

    async def index_key(self, conn: Connection) -> bytes:
        """The tenant's key for hashes that are looked for."""
        known = self._fresh.get(_INDEX) or self._ring.current(self.tenant_id, _INDEX)
        if known is None:
            known = await self._newest(conn, None, data_keys.INDEX)
            self._note(known, [_INDEX])
        return known.secret

    def committed(self) -> None:
        """What this transaction looked up or made holds for others too."""
        for key in self._fresh_keys.values():
            self._ring.keep(self.tenant_id, key)
        for subject, key in self._fresh.items():
            self._ring.keep(self.tenant_id, key, [subject])

    def _note(self, key: DataKey, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            if self._ring.current(self.tenant_id, subject) is not key:
                self._fresh[subject] = key

    async def _contact_of(self, conn: Connection, subject: Subject) -> UUID | None:
        kind, which = subject
        assert which is not None
        if kind == "contact_id":
            return which
        if kind == "conversation_id":
            return await data_keys.contact_of_conversation(conn, self.tenant_id, which)
        if kind == "action_id":
            return await data_keys.contact_of_action(conn, self.tenant_id, which)
        return await data_keys.contact_of_turn(conn, self.tenant_id, which)

    async def _newest(
        self, conn: Connection, contact_id: UUID | None, purpose: str = data_keys.CONTENT
    ) -> DataKey:
        found = await data_keys.newest(conn, self.tenant_id, contact_id, purpose)
        if found is None:
            made = await new_key(self._ring.master, self.tenant_id, contact_id, version=1)
            found = await data_keys.add(conn, self.tenant_id, made, purpose)
        key = await self._unwrapped(found)
        self._fresh_keys[key.key_id.bytes] = key
        return key

    async def _unwrapped(self, found: WrappedKey) -> DataKey:
        bound_to = bound(self.tenant_id, found.key_id)
        plain = await self._ring.master.unwrap(found.master_id, found.wrapped, bound_to=bound_to)
        return DataKey(found.key_id, AESGCM(plain), plain, found.binds_from.timestamp())


async def new_key(
    master: MasterKeys, tenant_id: UUID, contact_id: UUID | None, *, version: int
) -> WrappedKey:
    """A fresh random key, wrapped."""
    key_id = new_id()
    wrapped = await master.wrap(secrets.token_bytes(KEY_BYTES), bound_to=bound(tenant_id, key_id))
    return WrappedKey(key_id, contact_id, version, master.master_id, wrapped)


def bound(tenant_id: UUID, key_id: UUID) -> bytes:
    """What a wrapped key belongs to; elsewhere it does not unwrap."""
    return tenant_id.bytes + key_id.bytes


def _used(cache: OrderedDict[Any, Any], key: Any) -> Any:
    found = cache.get(key)
    if found is not None:
        cache.move_to_end(key)
    return found


def _put(cache: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    cache[key] = value
    cache.move_to_end(key)
    if len(cache) > most:
        cache.popitem(last=False)
