"""How data leaves: JSON in the reader's language, compressed, with an ETag; headers of safety."""

import gzip
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from urllib.parse import urlsplit

import numpy as np
from flask import Flask, Response, g, request
from flask_babel import gettext

from gisapp.coded import Coded
from gisapp.i18n import Name, Sentence, say
from gisapp.web.context import REPORTS, locale, state

AGAIN: Final = "private, no-cache"
"""Kept, but asked for again each time: the answer is short when nothing changed."""

FOREVER: Final = "private, max-age=31536000, immutable"

SMALL: Final = 1024
"""Bytes below which compressing does not pay."""

LEVEL: Final = 6

PLAIN: Final = frozenset({str, int, bool, type(None)})
"""What stands in JSON as it is."""


def spoken(value: Any) -> Any:
    """Turn what layers and actions return into plain JSON; sentences and names are said."""
    said: Any = value
    if isinstance(value, Sentence):
        said = say(value, gettext, locale())
    elif isinstance(value, Name):
        said = value.within(locale())
    elif isinstance(value, np.ndarray) and (
        value.dtype.kind in "biuU" or (value.dtype.kind == "f" and np.isfinite(value).all())
    ):
        said = value.tolist()
    elif isinstance(value, list) and PLAIN.issuperset(map(type, value)):
        said = value  # a hundred thousand codes are not looked at one by one
    elif isinstance(value, np.ndarray | np.generic | Coded):
        said = spoken(value.tolist())
    elif isinstance(value, Mapping):
        said = {str(key): spoken(one) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        said = [spoken(one) for one in value]
    elif isinstance(value, float) and not math.isfinite(value):
        said = None
    elif isinstance(value, date):
        said = value.isoformat()
    return said


def written(document: Any) -> bytes:
    """Write a document as JSON."""
    text = json.dumps(spoken(document), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def answer(document: Any, mimetype: str = "application/json") -> Response:
    """Answer a document that may change."""
    return sent(written(document), mimetype, AGAIN)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A body ready to be sent, compressed once; what is kept is kept like this."""

    body: bytes
    packed: bool
    """Whether ``body`` is compressed."""
    tag: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Compress a body when it pays."""
        tag = _tag(body)
        if len(body) <= SMALL:
            return cls(body, packed=False, tag=tag)
        return cls(gzip.compress(body, LEVEL, mtime=0), packed=True, tag=tag)

    @classmethod
    def of_packed(cls, body: bytes) -> Self:
        """Take a body that is compressed already."""
        return cls(body, packed=True, tag=_tag(body))

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return len(self.body) + 200


def _tag(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def sent(body: bytes | Sealed, mimetype: str, caching: str) -> Response:
    """Answer bytes with their ETag: 304 when the reader has them, compressed when it pays."""
    sealed = body if isinstance(body, Sealed) else Sealed.of(body)
    packed = sealed.packed and bool(request.accept_encodings["gzip"])
    tag = sealed.tag + ("-gzip" if packed else "")
    response = Response(mimetype=mimetype)
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    response.set_etag(tag)
    if request.if_none_match.contains(tag):
        response.status_code = 304
        del response.headers["Content-Type"]
        return response
    if packed:
        response.set_data(sealed.body)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(gzip.decompress(sealed.body) if sealed.packed else sealed.body)
    return response


def guard(app: Flask) -> None:
    """Put the headers of safety on every answer of ``app``."""
    tiles = state_host(app)

    @app.after_request
    def headers(response: Response) -> Response:
        nonce = g.get("nonce", "")
        rules = [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' data: blob:{tiles}",
            "font-src 'self' data:",
            f"connect-src 'self'{tiles}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            f"report-uri {REPORTS}",
        ]
        response.headers["Content-Security-Policy"] = "; ".join(rules)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def state_host(app: Flask) -> str:
    """Name the one other host that the operator lets pages ask, after a blank; or nothing."""
    with app.app_context():
        url = urlsplit(state().runtime.settings.tiles_url)
    return f" {url.scheme}://{url.netloc}" if url.netloc else ""
