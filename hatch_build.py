"""What is made where the package is built? The browser's scripts; and in an editable install the name `gatescope`.

A wheel has the folder `dashboard` under the name `gatescope`, for others have a `dashboard` of their own. An editable
install finds it under that name too: `.editable/gatescope` is a link to it.
"""

import os
import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface[Any]):
    """Joins the browser's modules (`assets/bundle.py`), and makes the link that `dev-mode-dirs` leads to."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        runpy.run_path(str(Path(self.root, "assets", "bundle.py")))["bundle"]()
        link = Path(self.root, ".editable", "gatescope")
        if version != "editable" or link.exists():
            return
        link.parent.mkdir(exist_ok=True)
        if os.name == "nt":  # A junction needs no rights of an administrator there, a link does.
            import _winapi

            _winapi.CreateJunction(str(Path(self.root, "dashboard")), str(link))  # type: ignore[attr-defined,unused-ignore]
        else:
            link.symlink_to("../dashboard", target_is_directory=True)
