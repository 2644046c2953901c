"""A mail server on loopback that takes what is handed in, or refuses as told."""

import socketserver
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Taken:
    """One mail as it came: the envelope's addresses, and what was in it."""

    sender: str
    to: str
    mail: EmailMessage


@dataclass
class MailHouse:
    """Keeps every mail in order; `answer` says what a recipient is answered, by how many came before."""

    taken: list[Taken] = field(default_factory=list[Taken])
    answer: Callable[[str, int], str] = lambda _to, _before: "250 ok"
    asked: int = 0
    port: int = 0
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    def recipient(self, address: str) -> str:
        with self._news:
            self.asked += 1
            return self.answer(address, self.asked - 1)

    def take(self, sender: str, to: str, raw: bytes) -> None:
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)
        with self._news:
            self.taken.append(Taken(sender, to, mail))
            self._news.notify_all()

    def wait_for(self, count: int) -> list[Taken]:
        """The mails, once there are so many."""
        with self._news:
            came = self._news.wait_for(lambda: len(self.taken) >= count, WAIT_SECONDS)
            assert came, f"{len(self.taken)} of {count} mails came"
            return list(self.taken)

    def wait_for_asked(self, count: int) -> None:
        """Until so many recipients were named, taken or not."""
        with self._news:
            assert self._news.wait_for(lambda: self.asked >= count, WAIT_SECONDS)


class _Talk(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it, without any extension."""

    def handle(self) -> None:
        """Answer each line until it ends."""
        house: MailHouse = self.server.house  # type: ignore[attr-defined]
        self._say("220 loopback")
        sender = to = ""
        while line := self.rfile.readline(1_000).decode("latin-1").strip():
            verb = line[:4].upper()
            if verb in ("EHLO", "HELO", "RSET", "NOOP"):
                self._say("250 loopback")
            elif verb == "MAIL":
                sender = line.partition("<")[2].partition(">")[0]
                self._say("250 ok")
            elif verb == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self._say(house.recipient(to))
            elif verb == "DATA":
                self._say("354 go on")
                house.take(sender, to, self._content())
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("502 not here")

    def _content(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append((line[1:] if line.startswith(b".") else line).replace(b"\r\n", b"\n"))
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    house: MailHouse


@contextmanager
def mail_house() -> Generator[MailHouse]:
    """A mail server for as long as the block lasts."""
    house = MailHouse()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.house = house
        house.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield house
        finally:
            server.shutdown()
