"""What a knowledge base should hold at every version, kept as plain dictionaries."""

from dataclasses import dataclass, field
from uuid import UUID

Entries = dict[str, tuple[UUID, frozenset[str]]]  # external id → document, what its passages say


@dataclass
class VersionModel:
    """Whole copies of every version; `said` are documents that the staged version speaks of."""

    versions: dict[int, Entries] = field(default_factory=lambda: {0: {}})
    live: int = 0
    head: int = 0
    staged: Entries | None = None
    said: dict[str, set[UUID]] = field(default_factory=dict[str, set[UUID]])

    @property
    def joins_staged(self) -> bool:
        """Whether a direct write goes to the staged version, which stands on what was left."""
        return self.staged is not None and self.live < self.head

    def write(
        self, name: str, document_id: UUID, passages: frozenset[str], version: int, *, stage: bool
    ) -> None:
        """A document was written; `version` is where the write said it is."""
        if stage or self.joins_staged:
            staged = self._open()
            if name in staged and staged[name][0] == document_id:
                self.said.setdefault(name, set())
            staged[name] = (document_id, passages)
            self.said.setdefault(name, set()).add(document_id)
            return
        self._direct(version)[name] = (document_id, passages)
        if self.staged is not None and not self.said.get(name):
            self.staged[name] = (document_id, passages)

    def delete(self, name: str, version: int, *, stage: bool) -> None:
        """A document was ended from a version on."""
        if stage or self.joins_staged:
            document_id, _ = self._open().pop(name)
            if self._below().get(name, (None,))[0] == document_id:
                self.said.setdefault(name, set()).add(document_id)
            else:
                self.said.get(name, set()).discard(document_id)
            return
        document_id, _ = self._direct(version).pop(name)
        if self.staged is None:
            return
        if not self.said.get(name):
            self.staged.pop(name, None)
        elif self.staged.get(name, (None,))[0] != document_id:
            self.said[name].discard(document_id)

    def erase(self, document_id: UUID) -> None:
        """A document was taken out of every version."""
        held = [*self.versions.values(), *([self.staged] if self.staged is not None else [])]
        for entries in held:
            for name in [n for n, (found, _) in entries.items() if found == document_id]:
                del entries[name]
        for documents in self.said.values():
            documents.discard(document_id)

    def publish(self, version: int) -> None:
        """The staged version is the live one."""
        assert self.staged is not None
        self.versions[version] = self.staged
        self.live = self.head = version
        self.discard()

    def discard(self) -> None:
        """There is no staged version."""
        self.staged = None
        self.said.clear()

    def _open(self) -> Entries:
        if self.staged is None:
            self.staged = dict(self.versions[self.live])
        return self.staged

    def _below(self) -> Entries:
        return self.versions[self.head if self.joins_staged else self.live]

    def _direct(self, version: int) -> Entries:
        if version != self.live:
            self.versions[version] = dict(self.versions[self.live])
        self.live = self.head = version
        return self.versions[version]
