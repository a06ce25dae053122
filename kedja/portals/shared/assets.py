"""Style sheets, scripts and the font: served from here, under an address that changes when the content does."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kedja.portals.shared.security import HEADERS

_FOLDER: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_SHORT: Final = "public, max-age=300"


@lru_cache
def asset(name: str) -> str:
    """The address of a file under static/, with the start of its checksum: `/static/kedja.css?v=1a2b3c4d`."""
    return f"/static/{name}?v={_files()[name][1]}"


def content(name: str) -> bytes:
    """A file under static/, for an address of its own."""
    return _files()[name][0]


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    found = _files().get(name)
    if found is None:
        return PlainTextResponse("not found", 404, headers=HEADERS)
    content, version = found
    tag = f'"{version}"'
    cache = _FOREVER if request.query_params.get("v") == version else _SHORT
    headers = {**HEADERS, "Cache-Control": cache, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_TYPES[Path(name).suffix])


@lru_cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Every file that is served, read once: about 350 kB. Only these names exist, so no path leads elsewhere."""
    found: dict[str, tuple[bytes, str]] = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file() and path.suffix in _TYPES:
            content = path.read_bytes()
            found[path.relative_to(_FOLDER).as_posix()] = (content, sha256(content).hexdigest()[:12])
    return found


route: Final = Route("/static/{name:path}", _serve, methods=["GET"])
