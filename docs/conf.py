"""How is the documentation built? `nox -s docs`, or `sphinx-build -W docs docs/_build/html`; a warning fails it."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "gatescope"
author = "The gatescope authors"
copyright = author
release = version = version_of("gatescope")

extensions = ["sphinx.ext.autodoc", "making", "myst_parser", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["_build", "gallery", "made/frames"]
# Docstrings are Markdown: what stands in backticks is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
# A shell's line is not Python.
highlight_language = "none"

html_theme = "pydata_sphinx_theme"
html_title = "gatescope"
html_favicon = "../assets/browser/icon.png"
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 8,
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
}
# Pages without others below them have nothing to show at the left.
html_sidebars = {name: [] for name in ("index", "questions", "howto", "where", "search", "genindex")}
html_show_sourcelink = False
html_extra_path = ["made/frames"]
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_js_files = [("named_toggles.js", {"defer": "defer"})]
