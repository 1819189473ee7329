"""How are the app's own files sent to the browser? Once: below a name that is another after any change."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from hashlib import blake2s
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gatescope.assets import FOLDER, built, last_edit

FOLDERS = ("browser", "vendor")
# What components of pages load, and what the page's workers run.
MODULES, COMPUTING = "browser/modules.js", "browser/computing.js"
KINDS = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
FOREVER = "public, immutable, max-age=31536000"


def contents() -> dict[str, bytes]:
    """All of them, in memory; in a checkout those of today."""
    return _read(last_edit())[0]


def edition() -> str:
    """Their name, the same on each server that has the same files."""
    return _read(last_edit())[1]


@lru_cache(maxsize=1)
def _read(_last_edit: float) -> tuple[dict[str, bytes], str]:
    there = (path for folder in FOLDERS for path in sorted((FOLDER / folder).rglob("*")) if path.is_file())
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in there}
    files |= {name: built(PurePath(name).name).encode() for name in (MODULES, COMPUTING)}
    return files, name_of(files | models())


def models() -> dict[str, bytes]:
    """Our models, which a page keeps under that name too."""
    return {path.parent.name: path.read_bytes() for path in sorted(FOLDER.glob("models/*/model.safetensors"))}


def name_of(files: Mapping[str, bytes]) -> str:
    """A name that only these files have."""
    name = blake2s(digest_size=8)
    for path, content in files.items():
        name.update(f"{path} {len(content)} ".encode() + content)
    return name.hexdigest()


def browser_files(folder: str) -> Callable[[Request], Awaitable[Response]]:
    """Answers with the file of a folder that the path parameter `name` names, of the `edition` that is asked for.

    A page asks for files while the server still imports torch. So they are in memory: Starlette's own way changes
    threads three times for each, and each time waits for the import.
    """

    async def send(request: Request) -> Response:
        name = request.path_params["name"]
        content = contents().get(f"{folder}/{name}")
        if content is None:
            return PlainTextResponse("Not found: the app has no such file.", 404)
        # A page that was loaded before an update gets what there is, and must not keep it under the old name.
        kept = FOREVER if request.path_params["edition"] == edition() else "no-store"
        kind = KINDS.get(PurePath(name).suffix, "text/plain")
        return Response(content, media_type=kind, headers={"Cache-Control": kept, "X-Content-Type-Options": "nosniff"})

    return send
