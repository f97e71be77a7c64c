"""One request and its answer, over a connection of its own."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError

from ._error import FaxbotError


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


class _ReadsEarlyAnswers(http.client.HTTPConnection):
    """A server may answer and hang up before it has the whole request: its answer is there to be read all the same."""

    def endheaders(self, *arguments: Any, **named: Any) -> None:
        try:
            super().endheaders(*arguments, **named)
        except (ConnectionError, ssl.SSLEOFError):
            if self.sock is None:
                raise


class _Connection(_ReadsEarlyAnswers):
    pass


class _SecureConnection(_ReadsEarlyAnswers, http.client.HTTPSConnection):
    pass


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self) -> None:
        self._trusted = ssl.create_default_context()
        super().__init__(context=self._trusted)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, req, context=self._trusted)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """They would carry the key to another server."""

    def redirect_request(self, *_: Any) -> None:
        return None


def make_opener() -> urllib.request.OpenerDirector:
    """What opens connections: as the environment's proxy settings say, and TLS with the system's certificates."""
    return urllib.request.build_opener(_Handler, _SecureHandler, _NoRedirects)


def exchange(
    opener: urllib.request.OpenerDirector,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout: float,
    content: Iterable[bytes] | None = None,
) -> Answer:
    """Asks by GET, or by POST where there is content.

    timeout  the longest silence, in seconds

    Raises FaxbotError ``no_answer``, and whatever ``content`` raises.
    """
    request = urllib.request.Request(url, headers={"Accept": "application/json", **headers}, data=content)
    try:
        try:
            response = opener.open(request, timeout=timeout)
        except HTTPError as refusal:
            response = refusal
        with response:
            return Answer(response.status, response.headers, response.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        raise FaxbotError(f"No answer from {url}: {_reason_of(error, timeout)}", code="no_answer") from error


def _reason_of(error: Exception, timeout: float) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, socket.timeout):
        return f"nothing came for {timeout:g} s"
    return str(reason) or type(reason).__name__
