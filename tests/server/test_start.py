"""Starting: a free port, a prepared database, words that a person understands."""

import socket
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from server import start
from server.cli import main
from server.commands.doctor import examine
from server.commands.welcome import welcome
from server.demo_tenants import DemoTenant, remember
from server.start import StartFailed, check_port, database, prepare
from settings import Settings
from tenants.database.schema_stamp import read_stamp, release_stamp, write_stamp
from tests.databases import Database

SHOP = DemoTenant(
    name="Harbour",
    slug="harbour",
    tenant_id="0190f000-0000-7000-8000-000000000001",
    api_key="fd_shop",
    assistant_id="a",
    knowledge_base_id="k",
    questions=["How long?"],
    operator_id="0190f000-0000-7000-8000-000000000002",
)


def over(given: Database, data: Path, **more: object) -> Settings:
    """Settings for a database of its own, as FRONTDESK_DATABASE_URL gives one."""
    return Settings(  # pyright: ignore[reportCallIssue]
        _env_file=None,  # pyright: ignore[reportCallIssue]
        database_url=SecretStr(given.app),
        owner_database_url=SecretStr(given.owner),
        data=data,
        **more,  # pyright: ignore[reportArgumentType]
    )


def test_a_taken_port_is_named_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=rf"127\.0\.0\.1:{port}.*PORT={port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", 0)


def test_a_database_is_prepared_once_and_then_only_looked_at(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = over(empty_database, tmp_path)
    with database(settings) as prepared:
        assert not prepared.embedded
        assert read_stamp(prepared.app_url) is None
        prepare(settings, prepared, demo=False)
        assert read_stamp(prepared.app_url) is not None
        monkeypatch.setattr(start.sys, "executable", "/nonexistent")  # no second process
        prepare(settings, prepared, demo=False)


def test_a_server_starts_again_when_a_newer_one_has_migrated(
    empty_database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = over(empty_database, tmp_path)
    with database(settings) as prepared:
        prepare(settings, prepared, demo=False)
        write_stamp(prepared.owner_url, "another release's")
        with psycopg.connect(empty_database.owner) as conn:
            conn.execute("update alembic_version set version_num = '9999'")
        prepare(settings, prepared, demo=False)
        assert read_stamp(prepared.app_url) == "another release's"
    assert "newer release's" in capfd.readouterr().err


def test_a_failure_to_prepare_is_told(
    empty_database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(empty_database.owner) as conn:
        conn.execute("create table tenants (already int)")
    settings = over(empty_database, tmp_path)
    with (
        database(settings) as prepared,
        pytest.raises(StartFailed, match="could not be prepared"),
    ):
        prepare(settings, prepared, demo=False)
    assert "tenants" in capfd.readouterr().err


def test_the_owner_alone_is_not_enough(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        owner_database_url=SecretStr("postgresql://x"),
        data=tmp_path,
    )
    with pytest.raises(StartFailed, match="FRONTDESK_DATABASE_URL"), database(settings):
        pass


def test_the_stamp_changes_with_what_decides_the_schema(tmp_path: Path) -> None:
    more = tmp_path / "set_up.py"
    more.write_text("a")
    before = release_stamp([more], ["psycopg"])
    assert release_stamp([more], ["psycopg"]) == before
    more.write_text("b")
    assert release_stamp([more], ["psycopg"]) != before
    assert release_stamp([more], ["psycopg", "alembic"]) != release_stamp([more], ["psycopg"])


def test_the_stamp_is_kept_by_the_database(database: Database) -> None:
    write_stamp(database.owner, "it's done")
    assert read_stamp(database.app) == "it's done"


def test_the_welcome_says_where_and_whose_key(database: Database, tmp_path: Path) -> None:
    remember(tmp_path, [SHOP])
    settings = over(database, tmp_path)
    with start.database(settings) as prepared:
        text = welcome(settings, prepared)
        without = welcome(settings.model_copy(update={"demo": False}), prepared)
        elsewhere = welcome(settings.model_copy(update={"port": 8210}), prepared)
        usual = welcome(settings.model_copy(update={"data": Path("data")}), prepared)
    assert "http://127.0.0.1:8000/" in text
    assert str(tmp_path / "platform.key") in text
    assert "fd_shop" in text
    assert "http://127.0.0.1:8000/console/sign-in#" in text
    assert "How long?" in text
    assert prepared.platform_key not in text
    assert "fd_shop" not in without
    assert f"chat --url http://127.0.0.1:8210 --data {tmp_path}\n" in f"{elsewhere}\n"
    assert f"chat --data {tmp_path}\n" in f"{text}\n"
    assert "frontdesk chat\n" in f"{usual}\n"


async def test_the_doctor_finds_a_healthy_server_healthy(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await examine(over(database, tmp_path, port=0))
    assert "BAD" not in capsys.readouterr().out


async def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(
    empty_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = over(empty_database, tmp_path, port=0, embeddings="local:other", model="nobody:none")
    assert not await examine(settings)
    said = capsys.readouterr().out
    assert "BAD  migrations" in said
    assert "run `frontdesk migrate`" in said
    assert "BAD  embeddings" in said
    assert "BAD  model" in said


def test_commands_fail_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    nobody = run.invoke(main, ["chat", "--data", str(tmp_path)])
    assert nobody.exit_code == 1
    assert "frontdesk tenant create" in nobody.output
    wrong = run.invoke(main, ["migrate", "--data", str(tmp_path)], env={"FRONTDESK_PORT": "99999"})
    assert wrong.exit_code == 1
    assert "port" in wrong.output
    away = run.invoke(main, ["chat", "--url", "http://127.0.0.1:9", "--key", "k"])
    assert "no server answers" in away.output
