"""write a page that needs no server: the dashboard's Memory, with all shipped models, computed in the browser

The folder's index.html opens from a disk, and from any web server that hands out files. Each model is loaded when it is
asked for; from a server the page opens without a network after the first visit.

    gatescope site public
    python -m http.server --directory public
"""

import argparse
from pathlib import Path

from gatescope.command import output


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where the page is written")


def run(options: argparse.Namespace) -> None:
    import torch

    from gatescope.site.folder import write_site

    # The texts are short: on a busy machine threads that wait for each other take many times as long.
    torch.set_num_threads(1)
    folder = Path(options.folder)
    with output.progress() as progress:
        write_site(folder, progress)
    output.remark(f"Open {folder / 'index.html'}.")
