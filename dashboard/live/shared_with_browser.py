"""What do the server and the browser both need to know? It is defined here and sent with the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.live.scenes import SCENES
from dashboard.picture.wire_format import NAN, SAID_BACK
from dashboard.question import link
from dashboard.question.shown import LAYERS, QUANTITIES, Shown
from dashboard.question.source import MODELS, Source
from dashboard.question.view import CHOICES, RANGES

# The header that names the asking view: the server shares its time among these names.
VISITOR = "X-Gatescope-View"
# The live view's routes, below `base`.
ROUTES = {
    "picture": "picture",
    "progress": "progress",
    "cell": "cell",
    "file": "file",
    "download": "download",
    "qr": "qr",
}
# The pages that analyse the text and model of the live view, and their buttons' texts.
CLOSER = {
    "why": "Why this value? Change it",
    "units": "What do the units do?",
    "compare": "Compare with another text or model",
}
# Every page's title, by its name in the address.
PAGES = {
    "": "Memory",
    "lesson": "Lesson",
    "units": "Units",
    "why": "Why?",
    "compare": "Compare",
    "corpus": "Corpus",
    "train": "Train",
    "open": "Your model",
}


def scenes() -> list[dict[str, Any]]:
    """Every scene by the names of its parts."""
    return [scene._asdict() for scene in SCENES]


def handed_over(base: str, own_models: Mapping[str, str]) -> dict[str, Any]:
    """The data for the live view's page: the place of its routes, the choices, and everything both sides share."""
    return {
        "base": base,
        "routes": ROUTES,
        "ranges": RANGES,
        "choices": CHOICES | {"model": MODELS | dict(own_models)},
        "source": list(link.values(Source())),
        "shown": [name for name in link.values(Shown()) if name != "pin"],
        "quantities": QUANTITIES,
        "layers": LAYERS,
        "closer": CLOSER,
        "pages": PAGES,
        "scenes": scenes(),
        "limits": {"said_back": SAID_BACK},
        "nan": NAN,
        "visitor": VISITOR,
    }
