"""Is the quantity `a`, tanh c, which `test_recipes` adds to a copy, wherever the others are? Run in that copy."""

import base64
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch
from browser.get import executable
from browser.serving import FLAGS
from pictured import pictured
from playwright.sync_api import Route, sync_playwright
from reference import reference
from torch import nn

import lstm_core
from gatescope.live.shared_with_browser import handed_over
from gatescope.recording.recording import answer
from lstm_core.traces.trace import as_update

BROWSER = Path(lstm_core.__file__).parents[1] / "assets/browser"
HOME = "http://copy.test"
VIEW = {"model": "random", "sentence": "Giraffes in a field", "holds": "a.0.1.2_0.5", "pin": "0.1.3"}
# The row of `a` that the page lays out of the server's answer, and what its own engine computes from the weights.
IN_PAGE = """async ({ answer, handed, home, kind, weights, x, units }) => {
    const files = ["layout/picture.js", "asking/server.js", "engine/run.js", "numbers/table.js"]
    const parts = await Promise.all(files.map(file => import(`${home}/${file}`)))
    const [{ laidOut }, { pictureOf, unpack }, { run }, { csvOf }] = parts
    const { buffer } = Uint8Array.from(atob(answer), letter => letter.charCodeAt(0))
    const room = { width: 900, height: null, theme: "light", steps: null }
    const picture = pictureOf(unpack(buffer, handed.nan), { query: {}, cell: null }, handed)
    const { stacks, legend } = laidOut(picture, room, handed.colours)
    const row = stacks[0].figure.data.findIndex(({ name }) => name === "a")
    const matrix = rows => ({ rows: rows.length, columns: rows[0].length ?? 1, data: Float32Array.from(rows.flat()) })
    const read = Object.fromEntries(Object.entries(weights).map(([name, rows]) => [name, matrix(rows)]))
    const sizes = { inputSize: x[0].length, hiddenSize: units, numLayers: 1, projSize: 0 }
    const lstm = { kind, ...sizes, bidirectional: false, bias: true, weights: read }
    const layers = run(lstm, Float32Array.from(x.flat()))
    const view = { quantities: handed.quantities, layers: "", rows: "index", top: "all" }
    return {
        height: stacks[0].places[row].height,
        legend: legend.map(({ name }) => name),
        drawn: stacks[0].figure.data[row].z.map(values => [...values]),
        computed: [...layers[0][0].a],
        csv: csvOf({ lstm, layers, tokens: x.map(String), model: null }, view, { steps: null, rows: null }),
    }
}"""


def near(found, expected):
    np.testing.assert_allclose(found, expected, atol=2e-6)


def recorded():
    lstm, x = nn.LSTM(4, 3), torch.randn(60, 2, 4)
    weights = {name: tensor.double().numpy() for name, tensor in lstm.state_dict().items()}
    zeros = np.zeros((1, 1, 2, 3))
    expected = np.tanh(reference(weights, x.double().numpy(), zeros, zeros)["c"])
    with torch.no_grad():
        trace = lstm_core.run(lstm, x)
    with lstm_core.record(lstm, detach=False) as recording:
        output, _ = lstm(x)
    output.square().sum().backward()
    graph = recording.only
    for each in (trace, graph):
        assert torch.equal(each.a, each.c.tanh())
        near(each.a.detach().numpy(), expected)
        near((each.o * each.a).detach().numpy(), each.h.detach().numpy())
    near(output.detach(), trace.h[0, 0])
    near(graph.a.grad.numpy(), (graph.h.grad * graph.o).detach().numpy())
    with lstm_core.intervene(lstm, lstm_core.Hold("a", 0.0, units=[1])), torch.no_grad():
        held = lstm_core.run(lstm, x)
    assert not held.a[..., 1].any()
    assert not held.h[..., 1].any()
    return trace.sel(batch=0)


def kept_and_drawn(trace):
    table = trace.to_pandas()
    near(table["a"], np.tanh(table["c"]))
    with TemporaryDirectory() as folder:
        for ending in ("npz", "safetensors"):
            trace.save(f"{folder}/trace.{ending}")
            assert torch.equal(lstm_core.load(f"{folder}/trace.{ending}").a, trace.a)
    assert "a squashed memory" in trace.summary()
    assert "a_mean" in lstm_core.units(trace)
    # The update of a GRU, which has no such thing, is what it was.
    assert len(lstm_core.units(as_update(lstm_core.run(nn.GRU(4, 3), torch.randn(9, 1, 4))))) == 3
    [row] = [row for row in trace.plot().data if row.name == "a"]
    near(row.z, trace.a[0, 0, :, 0].T)


def answered():
    """The server's answer, and its row of `a`."""
    content = answer(VIEW, 900, None)
    picture = pictured(content)
    assert picture["cell"] is not None
    [strip] = [strip for strip in picture["strips"] if strip["quantity"] == "a"]
    assert strip["title"] == "squashed memory"
    rows = {row["quantity"]: row["z"] for row in picture["stacks"][0]["values"]}
    assert rows["a"][1, 2] == 0.5
    rows["c"][1, 2] = np.arctanh(0.5)
    near(rows["a"], np.tanh(rows["c"]))
    return content, rows["a"]


def send(route: Route) -> None:
    name = route.request.url.removeprefix(f"{HOME}/")
    path = {"path": BROWSER / name} if name else {"body": "<!doctype html>"}
    route.fulfill(**path, content_type="text/javascript" if name else "text/html")


def in_page(content):
    """What a page makes of the answer, and of an LSTM's weights without a server; and that LSTM's trace."""
    handed = handed_over("", {})
    assert "a" in handed["quantities"]
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 1, 4)
    told = {"weights": {name: tensor.tolist() for name, tensor in lstm.state_dict().items()}, "x": x[:, 0].tolist()}
    told |= {"handed": handed, "home": HOME, "kind": "LSTM", "units": 3, "answer": base64.b64encode(content).decode()}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = browser.new_page()
        page.route(f"{HOME}/**", send)
        page.goto(f"{HOME}/")
        found = page.evaluate(IN_PAGE, told)
        browser.close()
    return found, lstm_core.run(lstm, x)


if __name__ == "__main__":
    torch.manual_seed(0)
    kept_and_drawn(recorded())
    content, row = answered()
    found, trace = in_page(content)
    near(found["drawn"], row)
    near(found["computed"], trace.a.flatten())
    near(pd.read_csv(StringIO(found["csv"]))["a"], trace.a.flatten())
    assert found["height"] > 20
    assert any(name.startswith("states") and " a " in name for name in found["legend"]), found["legend"]
    print(lstm_core.__file__)
