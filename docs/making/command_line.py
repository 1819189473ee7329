"""What does each verb of the command do? What `--help` says."""

import os
from unittest import mock

from gatescope.command.main import VERBS, parser


def pages() -> dict[str, str]:
    """One page."""
    with mock.patch.dict(os.environ, COLUMNS="100"):
        whole = parser()
        [verbs] = [action.choices for action in whole._actions if action.choices]
        parts = [f"## {name}\n\n```text\n{verbs[name].format_help()}```" for name in VERBS]
        start = f"# Command line\n\n```text\n{whole.format_help()}```"
    return {"command_line": "\n\n".join([start, *parts]) + "\n"}
