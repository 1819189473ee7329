"""What do the server and the browser both need to know? It is defined here and sent with the page."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from gatescope.question import link
from gatescope.question.view import CHOICES, LAYERS, MODELS, QUANTITIES, RANGES, SHIPPED, Shown, Source
from gatescope.recording.colours import Colours, colours
from gatescope.recording.told import ToldOfAll, told
from gatescope.recording.wire_format import NAN

# The header that names the asking view: a picture ends when its view asks for another.
VISITOR = "X-Gatescope-View"
# The pages that analyse the text and model of the live view, and their buttons' texts.
CLOSER = {
    "units": "What do the units do?",
    "compare": "Compare with another text or model",
}
# Every page's title, by its name in the address.
PAGES = {
    "": "Memory",
    "lesson": "Lesson",
    "units": "Units",
    "compare": "Compare",
    "open": "Your model",
}


class Scene(NamedTuple):
    """A page in a state that is worth a question."""

    name: str
    """The scene's name in a link."""
    title: str
    query: dict[str, str]
    """The link of the page's state."""
    says: str
    """What there is to see."""
    asks: str
    """A question to the audience."""
    answer: str
    page: str = ""
    """The page's name in the address."""


def _scenes() -> Iterator[tuple[float, Scene]]:
    """The scenes in the models' folders, each with its place, and those of no model; without a model in its link, that
    of the folder."""
    of_no_model = json.loads(Path(__file__).with_name("scenes.json").read_text(encoding="utf-8"))
    for model, scenes in [*((model, said.scenes) for model, said in SHIPPED.items()), ("", of_no_model)]:
        for scene in scenes:
            parts: dict[str, Any] = {part: scene[part] for part in Scene._fields if part in scene}
            link_of_folder = {"model": model} if model else {}
            yield scene["order"], Scene(**parts | {"query": link_of_folder | scene["query"]})


def _in_order() -> list[Scene]:
    """The scenes with which a lecture begins; a name that comes twice, as in a copied folder, stands for the first."""
    found: dict[str, Scene] = {}
    for _, scene in sorted(_scenes(), key=lambda each: each[0]):
        found.setdefault(scene.name, scene)
    return [*found.values()]


SCENES = _in_order()


class Framed(TypedDict):
    """What frames a page without the live view: the bar and its menus, and the card of a scene."""

    base: str
    pages: dict[str, str]
    scenes: list[Scene]
    here: str
    """The page's name in the address."""
    scene: str
    """The name of the scene that is shown; "" for none."""
    present: bool


class Handed(ToldOfAll):
    """The data for the live view's page: the place of its routes, the choices, and everything both sides share."""

    base: str
    """Where the answerer's routes are."""
    ranges: dict[str, tuple[int, int]]
    choices: dict[str, dict[str, str]]
    source: list[str]
    """The names of what is read."""
    shown: list[str]
    """The names of how it is shown."""
    quantities: str
    """All of them and x, a letter each."""
    layers: str
    """All of them, a digit each."""
    closer: dict[str, str]
    """The pages that look closer, and what their buttons say."""
    trains: dict[str, str]
    """The task of each shipped model that is trained here in seconds, as in a link of Your model."""
    pages: dict[str, str]
    """All pages' titles, by their names in the address."""
    scenes: list[Scene]
    nan: int
    """What stands for NaN among whole numbers."""
    colours: Colours
    visitor: str
    """The header of a question that names the view which asks."""


def handed_over(base: str, own_models: Mapping[str, str]) -> Handed:
    return {
        "base": base,
        "ranges": RANGES,
        "choices": CHOICES | {"model": MODELS | dict(own_models)},
        "source": list(link.values(Source())),
        "shown": [name for name in link.values(Shown()) if name != "pin"],
        "quantities": "x" + QUANTITIES,
        "layers": LAYERS,
        "closer": CLOSER,
        "trains": {name: about.task for name, about in SHIPPED.items() if about.task},
        "pages": PAGES,
        "scenes": SCENES,
        "nan": NAN,
        "colours": colours(),
        "visitor": VISITOR,
        **told(),
    }
