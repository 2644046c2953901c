"""The `frontdesk` command; each command imports what it needs when it runs.

Over 300 lines: it is one list of commands.
"""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import psycopg
import typer
from pydantic import ValidationError

from server import start
from server.commands.welcome import welcome
from settings import Settings
from tenants.database.isolation import IsolationBroken
from tenants.database.postgres_install import PostgresFailed
from tenants.errors import DeskError

main = typer.Typer(
    name="frontdesk",
    help="A self-hosted agent server for customer conversations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tenant = typer.Typer(help="Tenants: the companies you serve.", no_args_is_help=True)
main.add_typer(tenant, name="tenant")
audit = typer.Typer(help="The audit log: who did what.", no_args_is_help=True)
main.add_typer(audit, name="audit")
keys = typer.Typer(help="Data keys, and the master key that wraps them.", no_args_is_help=True)
main.add_typer(keys, name="keys")

Base = Annotated[str, typer.Option(help="A knowledge base's id; the tenant's first if absent.")]
Data = Annotated[Path | None, typer.Option(help="Folder of everything that is kept.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes any free one.")]
Url = Annotated[str, typer.Option(help="Where the server runs.")]
Key = Annotated[str, typer.Option(help="The tenant's API key; the first demo tenant's if absent.")]


@main.command()
def serve(
    port: Port = None,
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Servers behind the port; one uses one core.")
    ] = None,
) -> None:
    """Run the server; it prepares its database first."""
    with _told_plainly() as stops:
        settings = _settings(port=port, data=data, host=host, processes=processes)
        start.check_port(settings.host, settings.port)
        if settings.processes > 1:
            _serve_in_processes(settings, stops)
        with _loading("server.serve") as load, start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=settings.demo)
            load.join()
            from server.running.leaving import leave
            from server.serve import run_server

            stops.obey()
            typer.echo(welcome(settings, prepared))
            status = run_server(
                settings,
                database_url=prepared.app_url,
                platform_key=prepared.platform_key,
                master_key=prepared.master_key,
                owner_url=prepared.owner_url,
                on_late=prepared.leave_at_once,
            )
    leave(status)


def _serve_in_processes(settings: Settings, stops: "_Stops") -> NoReturn:
    with start.database(settings) as prepared:
        start.prepare(settings, prepared, demo=settings.demo)
        from server.processes import run_processes

        stops.obey()
        typer.echo(welcome(settings, prepared))
        status = run_processes(settings, prepared)
    sys.exit(status)


@main.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this release's schema; safe to repeat and to run twice at once."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
        typer.echo("the database is up to date")


@main.command()
def worker(data: Data = None) -> None:
    """Work on long jobs beside the server's own worker, until stopped."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.work import work
            from server.running.leaving import leave

            asyncio.run(work(settings, prepared))
    leave(0)


@main.command()
def index(
    memory_mb: Annotated[int, typer.Option(min=16, help="Memory one build may use.")] = 1_024,
    workers: Annotated[int, typer.Option(min=0, max=8, help="Parallel workers beside it.")] = 0,
    data: Data = None,
) -> None:
    """Build and drop the vector indexes of large knowledge bases now; a server does it by itself."""
    from server.importing.vector_indexing import index_now

    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            done = index_now(
                prepared.app_url, prepared.owner_url, memory_mb=memory_mb, workers=workers
            )
            for line in asyncio.run(done) or ["every knowledge base has what it needs"]:
                typer.echo(line)


@tenant.command("create")
def create_tenant(
    name: str,
    slug: Annotated[str | None, typer.Option(help="Name in addresses; made from the name.")] = None,
    data: Data = None,
) -> None:
    """Create a tenant and show its first API key, once."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.work import new_tenant

            made = asyncio.run(new_tenant(settings, prepared, name, slug))
        typer.echo(f"tenant          {name} ({made.slug})")
        typer.echo(f"tenant_id       {made.tenant_id}")
        typer.echo(f"api_key         {made.api_key}   (shown once)")
        typer.echo(f"knowledge base  {made.knowledge_base_id}")
        typer.echo(f"assistant       {made.assistant_id}")


@keys.command("list")
def list_keys(data: Data = None) -> None:
    """Show how many data keys each master key wraps."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            from server.commands import keys_command

            asyncio.run(keys_command.list_keys(settings, prepared))


@keys.command()
def rotate(data: Data = None) -> None:
    """Wrap every data key under the newest master key, while servers go on; safe to repeat."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            from server.commands import keys_command

            asyncio.run(keys_command.rotate(settings, prepared))


@keys.command()
def reseal(data: Data = None) -> None:
    """Seal anew what lies under old versions of keys; a server does it by itself, by and by."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            from server.commands import keys_command

            asyncio.run(keys_command.reseal(settings, prepared))


@main.command("sign-in")
def sign_in(
    tenant: Annotated[
        str, typer.Option(help="The tenant's slug; the first demo's if absent.")
    ] = "",
    email: Annotated[str, typer.Option(help="Of the operator; the first one if absent.")] = "",
    url: Url = "http://127.0.0.1:8000",
    data: Data = None,
) -> None:
    """Print a link that signs an operator in to the console, once."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            from server.commands.work import sign_in_path

            typer.echo(
                url.rstrip("/") + asyncio.run(sign_in_path(settings, prepared, tenant, email))
            )


@audit.command("verify")
def verify_audit(
    tenant: Annotated[
        str, typer.Option(help="A tenant's id or slug; every tenant if absent.")
    ] = "",
    anchor: Annotated[
        Path | None, typer.Option(help="Anchors that were kept elsewhere (`audit anchor`).")
    ] = None,
    data: Data = None,
) -> None:
    """Say whether any row of the audit log was changed, moved or taken out."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.audit_command import verify

            lines, whole = asyncio.run(verify(settings, prepared, tenant, anchor))
        for line in lines:
            typer.echo(line)
    sys.exit(0 if whole else 1)


@audit.command("anchor")
def anchor_audit(
    tenant: Annotated[
        str, typer.Option(help="A tenant's id or slug; every tenant if absent.")
    ] = "",
    data: Data = None,
) -> None:
    """Print where every chain ends now: keep it elsewhere, for `audit verify --anchor`."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.audit_command import anchor

            for line in asyncio.run(anchor(settings, prepared, tenant)):
                typer.echo(line)


@main.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="A file, a folder, or a .zip export.")],
    knowledge_base: Base = "",
    source: Annotated[str, typer.Option(help="A name for where the files come from.")] = "",
    sync: Annotated[bool, typer.Option("--sync", help="Delete what vanished from it.")] = False,
    stage: Annotated[bool, typer.Option("--stage", help="Into the staged version only.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    url: Url = "http://127.0.0.1:8000",
    key: Key = "",
    data: Data = None,
) -> None:
    """Put files into a knowledge base of a running server; a repeat sends only what changed."""
    from server.commands.ingest import IngestOptions, ingest_path

    with _told_plainly():
        options = IngestOptions(knowledge_base, source, sync, stage, dry_run)
        failed = ingest_path(path, options, url=url, key=_key(_settings(data=data), key))
    sys.exit(1 if failed else 0)


@main.command()
def export(
    target: Annotated[Path, typer.Argument(help="The .zip file to write.")],
    knowledge_base: Base = "",
    version: Annotated[int | None, typer.Option(help="The live one if absent.")] = None,
    url: Url = "http://127.0.0.1:8000",
    key: Key = "",
    data: Data = None,
) -> None:
    """Write a knowledge base to a ZIP file that `frontdesk ingest` takes again."""
    from server.commands.ingest import export_base

    with _told_plainly():
        key = _key(_settings(data=data), key)
        export_base(target, knowledge_base, version, url=url, key=key)


@main.command()
def calibrate(
    tenant: Annotated[str, typer.Option(help="A tenant's id or slug.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every tenant.")] = False,
    labels: Annotated[
        Path | None,
        typer.Option(help='Lines of {"text": "…", "answerable": true}, for one tenant.'),
    ] = None,
    target_risk: Annotated[
        float | None, typer.Option(min=0.005, max=0.5, help="Share of answers that may be wrong.")
    ] = None,
    least: Annotated[int, typer.Option(min=20, help="Fewer outcomes change nothing.")] = 20,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    data: Data = None,
) -> None:
    """Fit each assistant's confidence to what its answers came to; few outcomes move it little."""
    with _told_plainly():
        if bool(tenant) == every or (labels is not None and every):
            _fail("give --tenant or --all; labels go with one tenant")
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.calibrate_command import read_labels, run
            from server.learning.calibrating import Wish

            given = read_labels(labels) if labels is not None else []
            wish = Wish(target_risk, least, dry_run)
            work = run(settings, prepared, tenant=tenant, labels=given, wish=wish)
            for line in asyncio.run(work):
                typer.echo(line)


@main.command()
def deliveries(
    state: Annotated[str, typer.Option(help="queued, sent or dead.")] = "dead",
    redrive: Annotated[bool, typer.Option("--redrive", help="Send the dead ones again.")] = False,
    url: Url = "http://127.0.0.1:8000",
    key: Key = "",
    data: Data = None,
) -> None:
    """List webhooks and replies that were given up, and send them again."""
    from server.commands.delivery_command import show_deliveries

    with _told_plainly():
        show_deliveries(url, _key(_settings(data=data), key), state=state, redrive=redrive)


@main.command()
def replay(
    tenant: Annotated[str, typer.Option(help="A tenant's id or slug.")],
    turn: Annotated[str, typer.Option(help="One turn; the newest ones if absent.")] = "",
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 200,
    data: Data = None,
) -> None:
    """Run recorded turns again and name every node that came to something else."""
    with _told_plainly():
        settings = _settings(data=data)
        with start.database(settings) as prepared:
            start.prepare(settings, prepared, demo=False)
            from server.commands.replay_command import run

            work = run(settings, prepared, tenant=tenant, turn=turn, last=last)
            lines, same = asyncio.run(work)
        for line in lines:
            typer.echo(line)
    sys.exit(0 if same else 1)


@main.command()
def chat(url: Url = "http://127.0.0.1:8000", key: Key = "", data: Data = None) -> None:
    """Talk to a tenant's assistant in the terminal."""
    from server.commands.terminal_chat import talk

    with _told_plainly():
        talk(url, _key(_settings(data=data), key))


@main.command()
def doctor(port: Port = None, data: Data = None) -> None:
    """Check everything the server needs and say what is wrong and how to mend it."""
    from server.commands.doctor import examine

    with _told_plainly():
        healthy = asyncio.run(examine(_settings(port=port, data=data)))
    sys.exit(0 if healthy else 1)


def _settings(**given: object) -> Settings:
    """The environment's settings, with what the command line gave instead."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # pyright: ignore[reportArgumentType]  # checked by the model


def _key(settings: Settings, given: str) -> str:
    from server.demo_tenants import demo_tenants

    known = demo_tenants(settings.data)
    if not given and not known:
        raise start.StartFailed(
            "give an API key with --key (`frontdesk tenant create NAME` makes one)"
        )
    return given or known[0].api_key


@contextmanager
def _loading(module: str) -> Generator[threading.Thread]:
    """Load a module beside the block: seconds of one core while PostgreSQL starts on the other.

    A stop before it is loaded ends the process at once, whatever the block has opened being closed:
    an interpreter that ends while a thread is inside a C++ library's start aborts, and to wait for
    the thread may be for ever, if the signal came while an import was waiting for another.
    Until the server has settled its memory nobody looks for garbage: what is loaded stays, and to look
    through it takes a fifth of the load.
    """
    gc.disable()
    load = threading.Thread(target=import_module, args=(module,), daemon=True)
    load.start()
    try:
        yield load
    except (KeyboardInterrupt, SystemExit) as stop:
        if load.is_alive():
            code = stop.code if isinstance(stop, SystemExit) else 128 + signal.SIGINT
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 1)
        raise
    except BaseException:
        load.join()
        gc.enable()
        raise
    load.join()


class _Stops:
    """Signals that ask for an end: each raises where it comes, and is remembered.

    What is raised inside a finaliser or a library's callback is lost: who goes on to something long
    asks once more.
    """

    def __init__(self) -> None:
        self._came: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> NoReturn:
        self._came = number
        self.obey()
        raise AssertionError

    def obey(self) -> None:
        """Raises: KeyboardInterrupt, SystemExit, where such a signal has come."""
        if self._came == signal.SIGINT:
            raise KeyboardInterrupt
        if self._came is not None:
            raise SystemExit(128 + self._came)


@contextmanager
def _told_plainly() -> Generator[_Stops]:
    """Failures as one sentence instead of a traceback; stop signals end the block tidily."""
    try:
        yield _Stops()
    except KeyboardInterrupt:
        sys.exit(130)
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        _fail("a setting is wrong (see .env.example): " + "; ".join(places))
    except (start.StartFailed, PostgresFailed, DeskError, IsolationBroken) as error:
        _fail(str(error))
    except psycopg.Error as error:
        _fail(f"the database: {error}")


def _fail(why: str) -> NoReturn:
    typer.echo(f"frontdesk: {why}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
