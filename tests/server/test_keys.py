"""The master key changes while contacts write, and nobody notices."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from server.access.keyrings import open_keyring
from server.commands import keys_command
from server.start import Prepared
from settings import Settings
from tenants.database.connection import make_pool
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import MASTER_KEY, Database, fresh_database
from tests.server.conftest import Desk, problem, serving

NEW = base64.b64encode(b"n" * 32).decode()
OPEN = "When are you open?"


@pytest.fixture(scope="module")
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = f"keys_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    with fresh_database(postgres, name) as made:
        yield made


def masters(database: Database) -> set[str]:
    with psycopg.connect(database.superuser) as conn:
        rows = conn.execute("select distinct master_id from data_keys").fetchall()
    return {str(row[0]) for row in rows}


@pytest.mark.slow
async def test_keys_are_rotated_under_load_without_an_error(
    own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rotating = Settings(wrapping_key=SecretStr(NEW))
    newest = open_keyring(rotating, MASTER_KEY)
    with serving(own_database, other_wrapping_keys=NEW) as desk:
        shop = desk.tenant("Turning")
        shop.teach(OPEN, "From nine to five.")
        before = shop.conversation()
        shop.say(before, OPEN)
        old = masters(own_database)
        going = True

        def talk() -> list[int]:
            answers: list[int] = []
            while going or len(answers) < 3:
                talk = shop.conversation()
                answers.append(shop.say(talk, OPEN).status_code)
                answers.append(shop.call("GET", f"/v1/conversations/{before}/messages").status_code)
            return answers

        with ThreadPoolExecutor(2) as people:
            talking = [people.submit(talk) for _ in range(2)]
            try:
                async with make_pool(
                    own_database.app, min_size=1, max_size=2, timeout_seconds=20, keys=newest
                ) as pool:
                    wrapped, renewed = await keys_command.rotate_all(pool, newest)
                    await keys_command.rotate_all(pool, newest)
            finally:
                going = False
            answers = [status for one in talking for status in one.result()]
        assert set(answers) == {200} and wrapped > 0 and renewed == 1
    prepared = Prepared(
        own_database.app, own_database.owner, tmp_path, "", MASTER_KEY, embedded=False
    )
    await keys_command.rotate(rotating, prepared)  # what the server made under the old one since
    assert masters(own_database) == {newest.master.master_id} != old
    await keys_command.list_keys(rotating, prepared)
    assert f"* {newest.master.master_id}  contact" in capsys.readouterr().out
    with serving(own_database, wrapping_key=NEW) as desk:  # the API key is still good
        again = replace(shop, url=desk.url)
        said = again.call("GET", f"/v1/conversations/{before}/messages").json()["data"]
        assert said[0]["text"] == OPEN


def test_an_export_is_complete_and_only_theirs(desk: Desk) -> None:
    shop, other = desk.tenant("Export"), desk.tenant("Foreign")
    shop.teach(OPEN, "From nine to five.")
    made = [
        shop.call("POST", "/v1/contacts", json={"name": name, "external_id": name}).json()
        for name in ("<b>Wren</b>", "Second")
    ]
    ids = [one["contact_id"] for one in made]
    talks: list[str] = []
    for contact_id in ids:
        body = {"assistant_id": shop.assistant_id, "contact": {"contact_id": contact_id}}
        talk = shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
        talks.append(talk)
        shop.say(talk, f"<script>alert({len(talks)})</script> My order number is 4711-{talk[-4:]}.")
    stranger = shop.conversation()
    shop.say(stranger, "I am a stranger.")
    merge = shop.call("POST", f"/v1/contacts/{ids[0]}/merge", json={"other_contact_id": ids[1]})
    assert merge.status_code == 200
    given = shop.call("POST", f"/v1/contacts/{ids[0]}/export")
    assert given.status_code == 200 and given.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(given.content))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"contact.json", "index.html"} | {f"conversations/{t}.json" for t in talks}
    own = json.loads(files["contact.json"])
    assert {one["address"] for one in own["identities"]} == {"<b>Wren</b>", "Second"}
    assert {one["contact_id"] for one in own["contacts"]} == set(ids)
    for talk in talks:
        tables = json.loads(files[f"conversations/{talk}.json"])
        assert {"messages", "turns", "events", "turn_steps", "facts", "conversations"} <= set(
            tables
        )
        assert f"4711-{talk[-4:]}" in json.dumps(tables["facts"])
        assert tables["messages"][0]["content"]["blocks"]
    assert "&lt;script&gt;alert(1)" in files["index.html"] and "<script>" not in files["index.html"]
    everything = "".join(files.values())
    assert "stranger" not in everything and stranger not in everything
    problem(other.call("POST", f"/v1/contacts/{ids[0]}/export"), 404, "not_found")


def test_rules_of_keeping_are_the_tenants_own(desk: Desk) -> None:
    shop, other = desk.tenant("Keeping"), desk.tenant("Careless")
    rules = {"message_days": 365, "log_days": 30, "file_days": None, "checkpoint_days": 14}
    put = shop.call("PUT", "/v1/retention", json=rules)
    assert put.status_code == 200 and put.json() == rules
    assert shop.call("GET", "/v1/retention").json() == rules
    assert set(other.call("GET", "/v1/retention").json().values()) == {None}
    for wrong in ({"message_days": 0}, {"log_days": 1.5}, {"forever": True}):
        problem(shop.call("PUT", "/v1/retention", json=wrong), 422, "invalid")
