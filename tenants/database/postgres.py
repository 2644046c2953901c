"""The embedded PostgreSQL of a data folder: started by whoever comes first, stopped by the last.

Three files beside `DATA/pg` keep the peace between processes. The kernel drops their locks when
a process dies, so a `kill -9` of anybody leaves no lie behind:

- `pg.lock`   held while somebody starts or stops PostgreSQL
- `pg.users`  held shared by every process that uses it; who gets it alone is the last
- `pg.alive`  held by PostgreSQL itself (an inherited descriptor) as long as any part of it lives
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tenants.database import postgres_install as install
from tenants.database import postgres_locks as locks
from tenants.database.postgres_install import SUPERUSER, PostgresFailed
from tenants.database.postgres_roles import Passwords, Urls, make_roles, url
from tenants.database.postgres_socket import socket_folder

DEFAULT_VERSION = 18
START_SECONDS = 300
ORPHAN_SECONDS = 10
STOP_SECONDS = 30
WATCH_SECONDS = 1.0
MAX_LOG_BYTES = 10_000_000
MAX_CONNECTIONS = 200

# Modest: the machine is shared with the server. `-c` wins over postgresql.conf, so they are
# the same for every folder, however old.
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": str(MAX_CONNECTIONS),
    "jit": "off",
    "random_page_cost": "1.1",
    "max_wal_size": "512MB",
    "password_encryption": "scram-sha-256",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements and values may hold what contacts wrote
    "log_error_verbosity": "terse",
    "max_logical_replication_workers": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "logging_collector": "off",
}


class EmbeddedPostgres:
    """PostgreSQL on `data/pg`, up while this is open; shared with other processes of that folder."""

    def __init__(
        self,
        data: Path,
        *,
        version: int = DEFAULT_VERSION,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data.absolute()
        self._cluster = self.data / "pg"
        self._version = version
        self._settings = _SETTINGS | dict(settings or {})
        self._users: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self.adopted = False

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> Self:
        """Make, start or join the folder's PostgreSQL; ready for connections on return.

        Raises: PostgresFailed, saying why and what to do.
        """
        try:
            self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._join()
        except OSError as error:
            raise PostgresFailed(f"the data folder {self.data} cannot be used: {error}") from error
        self._watcher = threading.Thread(target=self._watch, name="postgres-watch", daemon=True)
        self._watcher.start()
        return self

    def close(self) -> None:
        """Leave; the last one to leave stops PostgreSQL (fast: transactions are rolled back)."""
        self._closing.set()
        if self._watcher is not None:
            self._watcher.join()
        with locks.exclusive(self.data / "pg.lock"):
            self._stop_if_last()

    def leave_at_once(self) -> None:
        """Ask PostgreSQL to stop where nobody else uses it, and do not wait: the process ends now.

        Who comes meanwhile waits for the end of it, as this process holds `pg.users` to its own.
        """
        if self._users is not None and locks.upgrade(self._users):
            self._signal(signal.SIGINT)

    @property
    def urls(self) -> Urls:
        """The URLs of the database `frontdesk`."""
        folder = self.socket_folder
        return Urls(
            app=url(folder, "frontdesk_app", self._passwords.app),
            owner=url(folder, "frontdesk_owner", self._passwords.owner),
        )

    @property
    def superuser_url(self) -> str:
        """For tests and repairs: the bootstrap superuser in the database `postgres`."""
        return url(self.socket_folder, SUPERUSER, self._passwords.superuser, "postgres")

    @property
    def pid(self) -> int | None:
        """The process id of PostgreSQL, None where it is not running."""
        try:
            return int((self._cluster / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    # starting

    def _join(self) -> None:
        with locks.exclusive(self.data / "pg.lock"):
            self._passwords = Passwords.of(self.data)
            self._users = locks.share(self.data / "pg.users")
            try:
                self._ensure_running()
            except BaseException:
                self._stop_if_last()
                raise

    def _ensure_running(self) -> None:
        """Join a living PostgreSQL or start one. The caller holds `pg.lock`."""
        self._user = install.server_user(self._cluster)
        self.socket_folder = socket_folder(self.data, self._user)
        began = time.monotonic()
        while (alive := self._take_alive(seconds=0)) is None:
            self.adopted = True
            if self._answers():
                make_roles(self.superuser_url, self._passwords)
                return
            self._be_patient(began)
        self.adopted = False
        try:
            self._start(alive)
        finally:
            os.close(alive)

    def _be_patient(self, began: float) -> None:
        """Wait a moment for a PostgreSQL that lives and does not answer; end one without socket.

        After a crash it may replay its log for a while, but its socket is there from the start;
        a living one without has lost it (a swept /tmp) and can never be reached again.
        """
        waited = time.monotonic() - began
        if waited > START_SECONDS or self._closing.is_set():
            raise PostgresFailed(
                f"the PostgreSQL on {self._cluster} does not answer; the end of its log:\n"
                f"{self._log_tail()}\nDoes it run in another container on the same folder?"
            )
        if waited > ORPHAN_SECONDS and not (self.socket_folder / ".s.PGSQL.5432").exists():
            self._signal(signal.SIGINT)
        time.sleep(locks.POLL_SECONDS)

    def _take_alive(self, *, seconds: float) -> int | None:
        """The lock that a living PostgreSQL holds, or None while one does."""
        return locks.take(self.data / "pg.alive", seconds=seconds)

    def _start(self, alive: int) -> None:
        if (self._cluster / "PG_VERSION").exists():  # a folder keeps the version it was made with
            self._version = int((self._cluster / "PG_VERSION").read_text())
        if self._version not in install.VERSIONS:
            raise PostgresFailed(
                f"{self._cluster} is of PostgreSQL {self._version}; here are "
                f"{', '.join(map(str, install.VERSIONS))}. Dump it there and load it here."
            )
        bin_folder = install.programs(self._version, self._user)
        if not self._cluster.exists():
            install.initialise(
                self._cluster, bin_folder, self._version, self._user, self._passwords.superuser
            )
        install.hand_over_files(self._cluster, self._user)
        # nobody lives (we hold `alive`), so these can only be left over from a crash
        for left in (self._cluster / "postmaster.pid", *self.socket_folder.iterdir()):
            left.unlink(missing_ok=True)
        name, descriptor = install.handed_over(self._cluster, self._user)
        try:
            self._child = self._spawn(bin_folder / "postgres", name, alive, descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)
        began = time.monotonic()
        while not self._answers():
            if self._child.poll() is not None:
                raise PostgresFailed(f"PostgreSQL did not start, it says:\n{self._log_tail()}")
            self._be_patient(began)
        make_roles(self.superuser_url, self._passwords)

    def _spawn(
        self, program: Path, name: str, alive: int, folder: int | None
    ) -> subprocess.Popen[bytes]:
        settings = self._settings | {"unix_socket_directories": str(self.socket_folder)}
        if self._version >= 18:
            settings["io_method"] = "sync"  # three helper processes fewer
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        log_path = self.data / "pg.log"
        if log_path.exists() and log_path.stat().st_size > MAX_LOG_BYTES:
            log_path.replace(self.data / "pg.log.1")
        with os.fdopen(os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)) as log:
            return subprocess.Popen(
                [str(program), "-D", name, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=install.program_environment(),
                umask=0o077,
                start_new_session=True,  # Ctrl-C in our terminal is not meant for it
                pass_fds=(alive,) if folder is None else (alive, folder),
                user=self._user.uid,
                group=self._user.gid,
                extra_groups=self._user.groups,
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.superuser_url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication" in str(error):
                raise PostgresFailed(
                    f"PostgreSQL refuses the password in {self.data / 'pg.passwords'}: "
                    "that file and the folder pg do not belong together"
                ) from error
            return False
        return True

    def _log_tail(self) -> str:
        with suppress(FileNotFoundError):
            return "\n".join((self.data / "pg.log").read_text(errors="replace").splitlines()[-8:])
        return "(no log)"

    # stopping and watching

    def _stop_if_last(self) -> None:
        if self._users is None:
            return
        if locks.upgrade(self._users):  # nobody else uses it
            self._stop()
        elif self._child is not None:
            self._child.returncode = 0  # it lives on for the others: no longer ours to wait for
            self._child = None
        os.close(self._users)
        self._users = None

    def _stop(self) -> None:
        for sent, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5)):
            alive = self._take_alive(seconds=0)
            if alive is None:
                self._signal(sent)
                alive = self._take_alive(seconds=seconds)
            if alive is not None:
                os.close(alive)
                break
        if self._child is not None:
            self._child.wait(STOP_SECONDS)
            self._child = None
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _signal(self, sent: signal.Signals) -> None:
        """Signal PostgreSQL; only while `pg.alive` is taken, when its pid is surely its own."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sent)

    def _watch(self) -> None:
        """Start PostgreSQL again when it dies under us (killed, out of memory)."""
        while not self._closing.wait(WATCH_SECONDS):
            with (
                suppress(OSError, PostgresFailed, psycopg.Error),
                locks.exclusive(self.data / "pg.lock"),
            ):
                if self._child is not None:
                    self._child.poll()
                alive = self._take_alive(seconds=0)
                if alive is not None:
                    os.close(alive)
                    if not self._closing.is_set():
                        self._ensure_running()
