"""Sends faxes through a Faxbot gateway and reads how they ended."""

from ._client import FaxbotClient
from ._error import FaxbotError
from ._job import FaxJob

__all__ = ["FaxbotClient", "FaxbotError", "FaxJob"]
