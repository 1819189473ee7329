"""How is the first picture there as soon as the page is?"""

import gc
import os
import sys
import threading

# Seconds that a thread may hold the interpreter while another waits for it.
SHORT_TURNS = 0.0005
# Compiled steps, one for each shape ever asked for, that PyTorch's oneDNN keeps: its usual 1,024 take 260 MB.
KEPT_SHAPES = "16"


def warm_up() -> None:
    """Import torch and make a first picture while the browser still loads the page."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KEPT_SHAPES)
    # NumPy's products here are small: threads that wait for each other on a busy machine take fifty times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_first_picture, name="first picture", daemon=True).start()


def _first_picture() -> None:
    usual_turns = sys.getswitchinterval()
    # The server answers the browser's hundred small files meanwhile, each a short turn.
    sys.setswitchinterval(SHORT_TURNS)
    # Importing only makes objects that stay; looking for garbage among them takes a third of the time.
    gc.disable()
    try:
        import torch

        from dashboard.picture import answer

        # Pictures are small and visitors many: one core each.
        torch.set_num_threads(1)
        answer({}, width=900, theme="light", zoom=None)
    finally:
        # Streamlit collects garbage after every run of a page: what stays need not be looked at again.
        gc.freeze()
        gc.enable()
        sys.setswitchinterval(usual_turns)
