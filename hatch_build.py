"""Under which name does a checkout install its dashboard?

A wheel has the folder `dashboard` under the name `gatescope`, for others have a `dashboard` of their own. An editable
install finds it under that name too: `.editable/gatescope` is a link to it.
"""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Link(BuildHookInterface[Any]):
    """Makes the link that `dev-mode-dirs` in pyproject.toml leads to."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        link = Path(self.root, ".editable", "gatescope")
        if version != "editable" or link.exists():
            return
        link.parent.mkdir(exist_ok=True)
        if os.name == "nt":  # A junction needs no rights of an administrator there, a link does.
            import _winapi

            _winapi.CreateJunction(str(Path(self.root, "dashboard")), str(link))  # type: ignore[attr-defined,unused-ignore]
        else:
            link.symlink_to("../dashboard", target_is_directory=True)
