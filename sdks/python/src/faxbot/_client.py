"""What a program calls: send a fax, read how it stands, ask whether the gateway is there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from ._answer import read_health, read_job
from ._error import FaxbotError
from ._exchange import Answer, exchange, make_opener
from ._form import FaxForm, FilePath
from ._job import FaxJob


class FaxbotClient:
    """A client of one gateway. May be shared by threads.

    base_url  the gateway's address, with its stage where it has one
    api_key   the whole token; without one only an open gateway takes requests
    timeout   the longest silence of the gateway, in seconds

    Raises ValueError where an argument is not what it should be.
    """

    def __init__(self, base_url: str = "http://localhost:8080", api_key: str | None = None, *, timeout: float = 60.0) -> None:
        if not timeout > 0:
            raise ValueError("timeout must be above 0")
        self.base_url = _checked_base(base_url)
        self._key_header = _key_header_of(api_key)
        self._timeout = timeout
        self._opener = make_opener()

    def send_fax(self, to: str, file_path: FilePath, *, idempotency_key: str | None = None) -> FaxJob:
        """Sends a file as a fax. Returns once the gateway has accepted it; ``get_status`` tells what becomes of it.

        A failed send is never repeated by itself.

        to               a number: +, country code and number
        file_path        a PDF or a text (.txt)
        idempotency_key  the same key with the same fax gives the same job again; by default each call has one of its own

        Raises FaxbotError where it was not accepted, or nobody knows whether it was.
        """
        _must_be_text("to", to)
        if not file_path:
            raise ValueError("file_path must be a path, and not empty")
        key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
        if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
            raise ValueError("idempotency_key must be 1 to 200 printable ASCII characters without blanks")
        try:
            with FaxForm(to, file_path) as form:
                headers = {**self._key_header, "Idempotency-Key": key, **form.headers}
                return read_job(self._ask("/fax", headers, form.content()))
        except FaxbotError as error:
            error.idempotency_key = key
            raise

    def get_status(self, job_id: str) -> FaxJob:
        """Reads how a fax stands. Raises FaxbotError, such as 404 ``job_not_found``."""
        _must_be_text("job_id", job_id)
        return read_job(self._ask(f"/fax/{quote(job_id, safe='')}", self._key_header))

    def check_health(self) -> bool:
        """True where the gateway answers; needs no key. Raises FaxbotError where it does not."""
        return read_health(self._ask("/health", {}))

    def _ask(self, path: str, headers: Mapping[str, str], content: Iterable[bytes] | None = None) -> Answer:
        return exchange(self._opener, self.base_url + path, headers=headers, timeout=self._timeout, content=content)


def _checked_base(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(f"base_url must be an address such as http://localhost:8080, not {base_url!r}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("base_url must end with its path: no user, no query")
    return base_url.strip().rstrip("/")


def _key_header_of(api_key: str | None) -> dict[str, str]:
    # A key that was read from a file ends with a line break.
    key = (api_key or "").strip()
    if not re.fullmatch(r"[\x20-\x7e]*", key):
        raise ValueError("api_key must be printable ASCII characters")
    return {"X-API-Key": key} if key else {}


def _must_be_text(name: str, value: str) -> None:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string, and not empty")
