"""Why a call failed: the gateway's own words and code, or what kept its answer away."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import responses


class FaxbotError(Exception):
    """Why a call failed.

    detail           what went wrong, for people; the message is this with the status before it
    code             decide by this: the gateway's code, or ``no_answer``, ``invalid_answer``, ``file_not_readable``,
                     ``redirected``, ``other_error``
    status           the HTTP status; None where no answer came
    retry_after      seconds to wait before another try, where the gateway says so
    fields           the fields at fault, each with ``field`` and ``message``, for ``invalid_request``
    idempotency_key  the key that a failed send carried: the next try with it can't become a second fax
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int | None = None,
        retry_after: int | None = None,
        fields: list[Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(detail if status is None else f"{responses.get(status, 'Error')} ({status}): {detail}")
        self.detail = detail
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.fields = fields
        self.idempotency_key: str | None = None
