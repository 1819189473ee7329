"""The figures on a page that Streamlit's AppTest has run, as they go to the browser."""

import base64
import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Each chart's {data, layout}, in the order of the page."""
    protos = [element.proto for element in app.get("bidi_component")]
    charts = [json.loads(proto.json) for proto in protos if proto.component_name == "gatescope.chart"]
    return [json.loads(chart["figure"], object_hook=numbers_of) for chart in charts]


def numbers_of(part: dict[str, Any]) -> Any:
    """An array that Plotly packed; anything else as it is."""
    if "bdata" not in part:
        return part
    return np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"]).reshape(
        [int(size) for size in part["shape"].split(",")]
    )
