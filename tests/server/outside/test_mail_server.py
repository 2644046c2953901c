"""What the mail server's address may be, and that no word leaves it unencrypted unless it says so."""

from datetime import UTC, datetime

import pytest

from server.outside.mail_server import Mail, MailFailed, MailServer
from tests.smtp_loopback import mail_house

MAIL = Mail(
    "1",
    "ada@home.example",
    "Fern & Kiln",
    "Your conversation",
    "Hello\n.\nworld",
    datetime.now(UTC),
)


def _server(url: str, seconds: float = 10) -> MailServer:
    return MailServer.parse(url, "desk@desk.example", timeout_seconds=seconds)


def test_user_password_and_port_are_read_from_the_address() -> None:
    server = _server("smtps://desk%40x:p%3Ass@mail.example")
    assert (server.host, server.port) == ("mail.example", 465)
    assert (server.user, server.password) == ("desk@x", "p:ss")
    assert _server("smtp://mail.example:2525").port == 2525


@pytest.mark.parametrize(
    "url", ["http://mail.example", "smtp://", "mail.example:25", "smtp://mail.example/box"]
)
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        _server(url)


@pytest.mark.parametrize(
    "sender", ["", "desk", "Desk <desk@x.example>", "a@x.example, b@x.example"]
)
def test_a_sender_is_one_address(sender: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        MailServer.parse("smtp://mail.example", sender, timeout_seconds=1)


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_house() as house:
        _server(house.url).send(MAIL)
        [came] = house.wait_for(1)
    assert came.mail.get_content() == "Hello\n.\nworld\n"
    assert came.mail["Message-ID"] == "<1@desk.example>"


def test_nothing_leaves_without_encryption_unless_the_address_says_so() -> None:
    with mail_house() as house:
        with pytest.raises(MailFailed):
            _server(house.url.replace("smtp+plain", "smtp")).send(MAIL)
        with pytest.raises(MailFailed):
            _server(house.url.replace("smtp+plain", "smtps"), seconds=2).send(MAIL)
        assert house.taken == [] and house.asked == 0


def test_a_server_that_is_away_is_told_and_may_be_tried_again() -> None:
    with mail_house() as house:
        url = house.url
    with pytest.raises(MailFailed) as failed:
        _server(url).send(MAIL)
    assert not failed.value.is_final
