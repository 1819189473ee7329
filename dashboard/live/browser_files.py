"""How are the app's own files sent to the browser?"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

KINDS = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}


def browser_files(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    """Answers with the file of a folder that the path parameter `name` names.

    The live view asks for some seventy small modules while the server still imports torch. So a file is read right
    here: Starlette's own way changes threads three times for each, and each time waits for the import.
    """
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}

    async def send(request: Request) -> Response:
        path = there.get(request.path_params["name"])
        if path is None:
            return PlainTextResponse("Not found: the app has no such file.", 404)
        state = path.stat()
        # Browsers ask each time whether theirs is still the same: after an update all modules fit together.
        headers = {"ETag": f'"{state.st_mtime_ns:x}-{state.st_size:x}"', "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(path.read_bytes(), media_type=KINDS.get(path.suffix, "text/plain"), headers=headers)

    return send
