"""Reads what came back: the value of a good answer, or the error that a bad one speaks of. Pure."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from ._error import FaxbotError
from ._exchange import Answer
from ._job import FaxJob

# Longer texts are pages for browsers.
_LONGEST_TEXT = 300

_REDIRECTS = (301, 302, 303, 307, 308)


def read_job(answer: Answer) -> FaxJob:
    """The fax of a good answer. Raises FaxbotError."""
    body = _read_object(answer)
    if not isinstance(body.get("id"), str) or not isinstance(body.get("status"), str):
        raise _not_ours(answer, "is no fax")
    return cast(FaxJob, body)


def read_health(answer: Answer) -> bool:
    """True. Raises FaxbotError."""
    if _read_object(answer).get("status") != "ok":
        raise _not_ours(answer, "does not say that it is well")
    return True


def _read_object(answer: Answer) -> dict[str, Any]:
    if not 200 <= answer.status <= 299:
        raise _error_of(answer)
    body = _object_of(answer.text)
    if body is None:
        raise _not_ours(answer, "is not JSON")
    return body


def _not_ours(answer: Answer, what: str) -> FaxbotError:
    return FaxbotError(f"The answer {what}. Is this the address of a Faxbot gateway?", code="invalid_answer", status=answer.status)


def _error_of(answer: Answer) -> FaxbotError:
    body = _object_of(answer.text) or {}
    code, fields, retry_after = body.get("code"), body.get("fields"), answer.headers.get("Retry-After", "")
    return FaxbotError(
        _detail_of(answer, body),
        code=code if isinstance(code, str) else _code_without(answer.status),
        status=answer.status,
        retry_after=int(retry_after) if re.fullmatch(r"[0-9]+", retry_after) else None,
        fields=fields if isinstance(fields, list) else None,
    )


def _code_without(status: int) -> str:
    """For answers that carry no code, because something in front of the gateway gave them."""
    if status in _REDIRECTS:
        return "redirected"
    return "file_too_large" if status == 413 else "other_error"


def _detail_of(answer: Answer, body: dict[str, Any]) -> str:
    detail = body.get("detail")
    if isinstance(detail, str):
        return detail
    # Other servers of this contract explain a refused form by a list.
    if detail is not None:
        return json.dumps(detail)
    if answer.status in _REDIRECTS:
        target = answer.headers.get("Location", "another address")
        return f"The server redirects to {target}: give the client the address that answers itself"
    words = _words_of(answer.text, body)
    if answer.status == 413:
        return f"The file is too large for the gateway{': ' if words else ''}{words}"
    return words or "The answer says nothing more"


def _words_of(text: str, body: dict[str, Any]) -> str:
    message = body.get("message")
    if isinstance(message, str):
        return message
    is_page = text.lstrip().startswith("<") or len(text) > _LONGEST_TEXT
    return "" if is_page else text.strip()


def _object_of(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
