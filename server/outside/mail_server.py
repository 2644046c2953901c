"""The mail server that whoever runs the desk has named: one mail at a time, by SMTP.

Words leave over TLS alone, unless the address says otherwise for a server on the same network.
"""

import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

Scheme = Literal["smtps", "smtp", "smtp+plain"]
PORTS: dict[Scheme, int] = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
STEPS = 4  # of a sending that may each take their part of the time
PERMANENT = 500  # from which reply code on another try is in vain


class MailFailed(Exception):
    """Why a mail did not leave; `is_final` where it never will."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Mail:
    """Plain text to one address; `message_id` is the same for every try, so that a repeat is seen."""

    message_id: str
    to: str
    from_name: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and in whose name."""

    scheme: Scheme
    host: str
    port: int
    user: str
    password: str
    sender: str
    timeout_seconds: float

    @classmethod
    def parse(cls, url: str, sender: str, *, timeout_seconds: float) -> "MailServer":
        """From `smtps://user:password@host:port`. Raises: ValueError."""
        told = urlsplit(url)
        scheme: Scheme | None = next((one for one in PORTS if one == told.scheme), None)
        if scheme is None or not told.hostname or told.path.strip("/") or told.query:
            raise ValueError("write smtps://user:password@host:port, smtp:// or smtp+plain://")
        address = parseaddr(sender)[1]
        if "@" not in address or address != sender:
            raise ValueError("the sender of mails is one address, like desk@example.com")
        return cls(
            scheme=scheme,
            host=told.hostname,
            port=told.port or PORTS[scheme],
            user=unquote(told.username or ""),
            password=unquote(told.password or ""),
            sender=address,
            timeout_seconds=timeout_seconds,
        )

    def send(self, mail: Mail) -> str:
        """Hand one mail in; what the server said to it. It blocks. Raises: MailFailed."""
        try:
            with self._line() as line:
                refused = line.send_message(_written(mail, self.sender))
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailFailed(_told(code, said), is_final=code >= PERMANENT) from None
        except smtplib.SMTPResponseException as error:
            is_final = error.smtp_code >= PERMANENT
            raise MailFailed(_told(error.smtp_code, error.smtp_error), is_final=is_final) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(f"the mail server: {type(error).__name__}") from None
        assert not refused  # one recipient: refused is raised
        return "the mail server has taken it"

    @contextmanager
    def _line(self) -> Generator[smtplib.SMTP]:
        """A connection that is encrypted and signed in, as the address asks."""
        seconds = self.timeout_seconds / STEPS
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            line = smtplib.SMTP_SSL(self.host, self.port, timeout=seconds, context=context)
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=seconds)
        with line:
            if self.scheme == "smtp":
                line.starttls(context=ssl.create_default_context())
            if self.user:
                line.login(self.user, self.password)
            yield line


def _written(mail: Mail, sender: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(mail.from_name, addr_spec=sender)
    made["To"] = Address(addr_spec=mail.to)
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(mail.at)
    made["Message-ID"] = f"<{mail.message_id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # nobody is to answer it by a machine
    made.set_content(mail.text)
    return made


def _told(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"the mail server: {code} {words}".replace("\x00", "")
