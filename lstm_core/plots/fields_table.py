"""How does a notebook show something that has a few fields? A row a field: no script, every text escaped."""

from collections.abc import Mapping, Sequence
from html import escape

MOST = 200
"""Numbers that are written."""


def fields_table(name: str, fields: Mapping[str, str]) -> str:
    """A table of fields under a name, as HTML; no `$` is read as maths.

    >>> fields_table("Hold", {})
    '<table class="tex2jax_ignore mathjax_ignore"><tr><th>Hold</th><td></td></tr></table>'
    """
    head = f"<tr><th>{escape(name)}</th><td></td></tr>"
    rows = "".join(f"<tr><td>{escape(field)}</td><td>{escape(value)}</td></tr>" for field, value in fields.items())
    return f'<table class="tex2jax_ignore mathjax_ignore">{head}{rows}</table>'


def listed(numbers: Sequence[int] | None) -> str:
    """Numbers, as many as can be read; None: all.

    >>> listed([3, 7]), listed(()), listed(None)
    ('3, 7', 'none', 'all')
    """
    if numbers is None:
        return "all"
    more = f", … ({len(numbers):,})" if len(numbers) > MOST else ""
    return (", ".join(map(str, numbers[:MOST])) or "none") + more
