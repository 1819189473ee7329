"""Which browser asks? It says the name that this server gave it.

A name gives a browser turns of its own among those of its address (`serving/turns.py`) and nothing else. It comes as a
cookie with the first picture, which waits for its turn among all browsers of its address that have no name: who throws
names away, or invents them, waits there again. In a frame of another site's page the cookie comes back only over HTTPS.
"""

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "gatescope_browser"
# The names of a server end with it.
_KEY = secrets.token_bytes(32)


def name_of(request: Request) -> str:
    """The name that this server gave the browser; "" if it gave none."""
    name, _, seal = request.cookies.get(COOKIE, "").partition(".")
    return name if hmac.compare_digest(seal.encode(), _seal(name).encode()) else ""


def give_name(response: Response, path: str, secure: bool) -> None:
    """Send a new name with a response, for the routes below `path`."""
    name = secrets.token_hex(12)
    where = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    response.headers.append("Set-Cookie", f"{COOKIE}={name}.{_seal(name)}; Path={path}; HttpOnly; {where}")


def _seal(name: str) -> str:
    return hmac.digest(_KEY, name.encode(), "sha256").hex()
