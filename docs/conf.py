"""How is the documentation built? `nox -s docs`, or `sphinx-build -W docs docs/_build/html`; a warning fails it."""

from importlib.metadata import version as version_of

project = "gatescope"
author = "The gatescope authors"
copyright = author
release = version = version_of("gatescope")

extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_build"]
nitpicky = True  # a reference that leads nowhere is a warning
myst_heading_anchors = 3
# A shell's line is not Python.
highlight_language = "none"

html_theme = "pydata_sphinx_theme"
html_title = "gatescope"
html_favicon = "../assets/browser/icon.png"
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False
