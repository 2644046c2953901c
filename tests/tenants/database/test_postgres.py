"""The embedded PostgreSQL: whoever dies, whoever comes second, wherever the folder lies."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tenants.database.postgres import EmbeddedPostgres
from tenants.database.postgres_install import PostgresFailed
from tests.databases import FAST, VERSION

_HOLD = """
import sys, time
from pathlib import Path
from tenants.database.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), version=int(sys.argv[2]), settings={"fsync": "off"}) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


def embedded(data: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data, version=VERSION, settings=FAST)


def answer(server: EmbeddedPostgres) -> object:
    with psycopg.connect(server.urls.app) as conn:
        return conn.execute("select 1").fetchone()


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ended; a dead child that nobody has waited for counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@contextmanager
def another_process(data: Path) -> Generator[tuple[subprocess.Popen[str], int]]:
    """A second process that uses the folder's PostgreSQL until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(data), str(VERSION)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
        process.kill()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cluster exists, so that most tests need no initdb."""
    data = tmp_path_factory.mktemp("made")
    with embedded(data):
        pass
    return data


def test_it_stops_with_its_last_user(made: Path) -> None:
    with embedded(made) as server:
        pid, socket = server.pid, server.socket_folder
        assert answer(server) == (1,)
    assert pid is not None
    assert gone(pid, seconds=0.1)
    assert not socket.exists()


def test_secrets_are_private_and_the_data_is_its_users_alone(made: Path) -> None:
    assert stat.S_IMODE((made / "pg.passwords").stat().st_mode) == 0o600
    assert stat.S_IMODE((made / "pg").stat().st_mode) == 0o700
    rules = (made / "pg/pg_hba.conf").read_text().splitlines()
    methods = {rule.split()[-1] for rule in rules if rule and not rule.startswith("#")}
    assert methods == {"scram-sha-256"}


def test_there_is_no_tcp_port(made: Path) -> None:
    with embedded(made) as server, psycopg.connect(server.superuser_url) as conn:
        assert conn.execute("show listen_addresses").fetchone() == ("",)
        version = conn.execute("show server_version_num").fetchone()
    assert version is not None
    assert int(version[0]) // 10_000 == VERSION


def test_roles_are_as_the_design_says(made: Path) -> None:
    with embedded(made) as server, psycopg.connect(server.superuser_url) as conn:
        roles = conn.execute(
            """
            select rolname, rolcanlogin, rolsuper, rolbypassrls
              from pg_roles
             where rolname like 'frontdesk%'
             order by rolname
            """
        ).fetchall()
        grant = conn.execute(
            "select inherit_option, set_option from pg_auth_members where roleid = 'frontdesk_router'::regrole"
        ).fetchall()
    assert roles == [
        ("frontdesk_app", True, False, False),
        ("frontdesk_owner", True, False, False),
        ("frontdesk_router", False, False, False),
        ("frontdesk_superuser", True, True, True),
    ]
    assert grant == [(False, True)]


def test_a_wrong_password_is_refused(made: Path) -> None:
    with embedded(made) as server:
        wrong = server.urls.app.replace("frontdesk_app:", "frontdesk_app:x")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_a_killed_process_leaves_it_running_for_the_next_one(made: Path) -> None:
    with another_process(made) as (process, pid):
        process.kill()
        process.wait()
        with embedded(made) as server:
            assert server.adopted
            assert server.pid == pid
            assert answer(server) == (1,)
    assert gone(pid)


def test_two_users_share_one_and_the_first_to_leave_leaves_it_up(made: Path) -> None:
    with embedded(made) as first:
        with embedded(made) as second:
            assert second.pid == first.pid
        assert answer(first) == (1,)


def test_two_starts_at_once_make_one_server(tmp_path: Path) -> None:
    with another_process(tmp_path) as (_, first), another_process(tmp_path) as (_, second):
        assert first == second
    with embedded(tmp_path):
        pass


def test_different_folders_never_meet(made: Path, tmp_path: Path) -> None:
    with embedded(made) as one, embedded(tmp_path) as other:
        assert one.pid != other.pid
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(one.urls.app, host=str(other.socket_folder))
        other.close()
        assert answer(one) == (1,)


def test_killed_under_its_user_it_comes_back_at_the_same_address(made: Path) -> None:
    with embedded(made) as server:
        before, urls = server.pid, server.urls
        assert before is not None
        with psycopg.connect(server.superuser_url, autocommit=True) as conn:
            conn.execute("create table if not exists kept (n int)")
            conn.execute("insert into kept values (1)")
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while True:
            try:
                assert answer(server) == (1,)
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert server.pid != before
        assert server.urls == urls


def test_killed_with_everybody_it_starts_again_over_its_stale_pid_file(made: Path) -> None:
    with another_process(made) as (process, pid):
        process.kill()
        os.kill(pid, signal.SIGKILL)
        process.wait()
    (made / "pg/postmaster.pid").write_text(f"{os.getpid()}\n")  # the pid is somebody else's now
    with embedded(made) as server:
        assert not server.adopted
        assert answer(server) == (1,)


def test_ctrl_c_in_the_terminal_is_not_meant_for_it(made: Path) -> None:
    with embedded(made) as server:
        assert server.pid is not None
        assert os.getsid(server.pid) != os.getsid(0)


def test_a_data_folder_of_120_characters_works(tmp_path: Path) -> None:
    data = tmp_path / ("x" * max(8, 119 - len(str(tmp_path))))
    assert len(str(data)) >= 120
    with embedded(data) as server:
        assert answer(server) == (1,)


def test_a_swept_socket_folder_is_made_again(made: Path) -> None:
    with embedded(made) as server:
        folder = server.socket_folder
    assert not folder.exists()
    with embedded(made) as server:
        assert server.socket_folder == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PostgresFailed, match="file"):
        embedded(tmp_path / "file").open()


def test_a_cluster_of_an_unknown_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg/PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresFailed, match="PostgreSQL 12"):
        embedded(tmp_path).open()
