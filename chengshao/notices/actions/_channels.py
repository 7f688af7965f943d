"""
The channels out, each behind the same form: a message goes in, a verdict comes out. Which of them
stand is wiring (see docs/notices.md); without a gateway a file shows what would have gone.
"""

import http.client
import json
import logging
import smtplib
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import EmailMessage

from chengshao.notices.rules import gateway
from chengshao.notices.rules.gateway import Message, Verdict
from chengshao.notices.terms import NoticeChannel

_SECONDS = 10
_LOG = logging.getLogger(__name__)


class Adapter(Protocol):
    """One way out."""

    opens_addresses: bool  # whether it needs the citizen's number itself, not only how it shows

    def send(self, message: Message, at: datetime) -> Verdict:
        """Try once; never raise for what lies outside."""


class FileAdapter:
    """Writes a line of JSON for each message, with the address masked."""

    opens_addresses = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message, at: datetime) -> Verdict:
        line = {
            "at": at.isoformat(),
            "id": message.key,
            "channel": message.channel,
            "to": message.masked,
            "text": message.text,
        }
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / f"{message.channel.lower()}.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return Verdict.ACCEPTED


class _NoRedirects(HTTPRedirectHandler):
    """What is signed for one address goes to no other."""

    def redirect_request(self, *args: object) -> None:
        return None


class GatewayAdapter:
    """Posts to an HTTP gateway in the form of rules.gateway."""

    opens_addresses = True

    def __init__(self, url: str, key: str, seconds: float = _SECONDS) -> None:
        self._url, self._key, self._seconds = url, key, seconds
        self._opener = build_opener(_NoRedirects)

    def send(self, message: Message, at: datetime) -> Verdict:
        body = gateway.body_of(message)
        headers = gateway.headers_of(message, body, self._key, int(at.timestamp()))
        request = Request(self._url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                said = answer.read(gateway.MOST_OF_AN_ANSWER)
                return gateway.verdict_of(answer.status, said)
        except HTTPError as error:
            return gateway.verdict_of(error.code, b"")
        except (URLError, OSError, http.client.HTTPException) as error:
            _LOG.warning("gateway for %s: %s", message.channel, type(error).__name__)
            return Verdict.UNREACHABLE


class MailAdapter:
    """Sends by the mail server of the settings."""

    opens_addresses = True

    def send(self, message: Message, at: datetime) -> Verdict:
        letter = EmailMessage(
            subject=message.text[:60].replace("\r", " ").replace("\n", " "),
            body=message.text,
            to=[message.to],
            headers={"Message-ID": f"<{message.key}@{settings.MAIL_DOMAIN}>"},
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused:
            return Verdict.REFUSED
        except (smtplib.SMTPException, OSError) as error:
            _LOG.warning("mail: %s", type(error).__name__)
            return Verdict.UNREACHABLE
        return Verdict.ACCEPTED


def adapter_for(channel: NoticeChannel) -> Adapter:
    """Return the way out that the settings name for a channel; the file where they name none."""
    url, key = settings.GATEWAYS.get(channel, ("", ""))
    if url:
        return GatewayAdapter(url, key)
    if channel is NoticeChannel.MAIL and settings.MAIL_IS_SENT:
        return MailAdapter()
    return FileAdapter(Path(settings.OUTBOX_DIR))
