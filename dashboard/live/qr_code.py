"""How does somebody in the last row of a lecture get a link? As a QR code for the camera of a phone."""

from io import BytesIO

import segno

from gatescope.serving.limits import Limit

LINK = Limit(1_000, "Expected a link of at most {most:,} bytes for a QR code, got {got:,}. Copy the link instead.")
"""Bytes of a link in a code: a code of more has points too small for a projector."""


def qr_code(link: str) -> bytes:
    """A link's QR code as an SVG picture, black on white in either theme, with the quiet border that scanners need."""
    LINK.check(len(link.encode("utf-8", "replace")))
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="svg", scale=4, border=3, light="#fff")
    return picture.getvalue()
