"""The QR code of a link."""

import re
from urllib.parse import urlencode

from gatescope.live.routes import qr_code
from gatescope.serving.limits import QR_LINK


def modules(svg):
    """The side of a code in points, its border included."""
    [side] = re.findall(r'viewBox="0 0 (\d+) \1"', svg) or re.findall(r'width="(\d+)" height="\1"', svg)
    return int(side)


def test_a_links_code_is_a_picture_that_grows_with_the_link(client):
    link = "http://example.org/?" + urlencode({"sentence": "Füchse & <b>Gänse</b>"})
    answer = client.get("/gatescope/qr", params={"link": link})
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.encode() == qr_code(link)
    assert "<b>" not in answer.text
    assert modules(client.get("/gatescope/qr", params={"link": link * 4}).text) > modules(answer.text)


def test_a_link_too_long_for_a_code_is_refused_in_a_sentence(client):
    answer = client.get("/gatescope/qr", params={"link": "x" * (QR_LINK.most + 1)})
    assert (answer.status_code, answer.text) == (400, QR_LINK.refusal(QR_LINK.most + 1))
