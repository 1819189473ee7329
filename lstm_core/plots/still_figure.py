"""What does a notebook show of a figure where nothing draws it with Plotly? A still drawing, kept beside it."""

from typing import Any

from plotly.graph_objects import Figure

from lstm_core.plots.still_drawing import can_draw, still_drawing

SVG = "image/svg+xml"


class StillFigure(Figure):  # type: ignore[misc]
    """A Plotly figure of heatmaps that a notebook keeps as SVG too: for `nbconvert`, and for viewers without Plotly."""

    def _repr_mimebundle_(self, *given: Any, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(*given, **options)
        figure = self.to_dict()
        return bundle | ({SVG: still_drawing(figure)} if can_draw(figure) else {})

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = self._repr_mimebundle_()
        if bundle.keys() - {SVG}:
            display(bundle, raw=True)  # type: ignore[no-untyped-call]
        else:
            # Plotly is set to show figures in a window of its own, or not at all.
            super()._ipython_display_()
