"""A fax as the gateway tells of it."""

from __future__ import annotations

from typing import Literal, Optional, TypedDict


class _AlwaysThere(TypedDict):
    id: str
    to: str
    status: Literal["queued", "in_progress", "SUCCESS", "FAILED", "disabled"]
    state: Literal["queued", "submitting", "in_progress", "success", "failed", "uncertain", "cancelled", "held"]
    error: Optional[str]
    pages: Optional[int]
    backend: str
    provider_sid: Optional[str]
    created_at: str
    updated_at: str


class FaxJob(_AlwaysThere, total=False):
    """A plain dict. Later gateways may add members.

    ``error`` says why it failed, or why its end is not known. ``backend`` is the provider. Times are ISO 8601, UTC.
    ``pdf_url`` opens the document without a key, for a short time; it stands in answers of ``get_status``.
    """

    pdf_url: str
