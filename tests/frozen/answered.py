"""What is kept of the answer to a frozen link?"""

from typing import Any

from unpacking import unpacked

from frozen.kept import in_short
from frozen.links import View
from gatescope.picture.answer import answer

# What other tests hold, or what is long and says nothing of the picture.
LEFT = ("examples", "view", "link", "code", "lasts", "file", "pins", "model", "made", "proof", "readout", "unreadable")


def answered(view: View) -> dict[str, Any]:
    """A view, its room, and its answer in short; series keep their values, which place lines."""
    sent = unpacked(answer(view.link, view.columns, view.zoom))
    for stack in sent["stacks"]:
        del stack["weights"]
    for series in sent["series"]:
        for name in ("values", "foreseen"):
            series[name] = None if series[name] is None else series[name].tolist()
    room = {"width": view.width, "height": view.height, "theme": view.theme, "steps": view.zoom}
    kept = {name: value for name, value in sent.items() if name not in LEFT}
    return {"link": view.link, "room": room, "colours": sent["view"]["colours"], "sent": in_short(kept)}
