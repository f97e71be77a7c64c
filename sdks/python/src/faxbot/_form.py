"""The form of POST /fax: the file is read from the disk while it is sent, and never held as a whole."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from typing import BinaryIO, Union

from ._error import FaxbotError

FilePath = Union[str, "os.PathLike[str]"]

_MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_CHUNK = 64 * 1024


class FaxForm:
    """An open file and the form around it. A context manager: the file is closed at its end.

    Raises FaxbotError ``file_not_readable``.
    """

    def __init__(self, to: str, file_path: FilePath) -> None:
        self._path = os.fspath(file_path)
        self._file = _open(self._path)
        self._size = os.fstat(self._file.fileno()).st_size
        boundary = f"faxbot-{uuid.uuid4()}"
        name = os.path.basename(self._path)
        media_type = _MEDIA_TYPES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="to"\r\n\r\n{to}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(name)}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        ).encode("utf-8", "surrogateescape")
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers: dict[str, str] = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._head) + self._size + len(self._tail)),
        }

    def __enter__(self) -> FaxForm:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def content(self) -> Iterator[bytes]:
        yield self._head
        sent = 0
        try:
            while chunk := self._file.read(_CHUNK):
                sent += len(chunk)
                if sent > self._size:
                    break
                yield chunk
        except OSError as error:
            raise _not_readable(self._path, _reason_of(error)) from error
        # The length was announced: with another one the request would hang, or the fax be cut off.
        if sent != self._size:
            raise _not_readable(self._path, "it changed while it was sent")
        yield self._tail


def _open(path: str) -> BinaryIO:
    try:
        # Opening a pipe would wait for its writer.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _not_readable(path, "it is not a file")
        return open(path, "rb")
    except (OSError, ValueError) as error:
        raise _not_readable(path, _reason_of(error)) from error


def _not_readable(path: str, reason: str) -> FaxbotError:
    return FaxbotError(f"{path} can't be read: {reason}", code="file_not_readable")


def _reason_of(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "permission is denied"
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _quoted(name: str) -> str:
    """A file name as browsers write it into a form."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
