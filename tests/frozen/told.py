"""What is a page told that computes its own pictures, as the frozen sessions begin with it?"""

from typing import Any

from gatescope.live.shared_with_browser import handed_over
from gatescope.picture.computing import told
from gatescope.picture.wire_format import as_sent
from gatescope.site.shipped import shipped


def told_to_sessions() -> Any:
    """Words and facts; not what proves a model."""
    return as_sent({**told(), "handed": handed_over("", {}), "shipped": {"by": shipped()["by"]}})
