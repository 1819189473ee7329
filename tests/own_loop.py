"""How does a test run a coroutine, whatever else its process does?"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

# Seconds: far beyond what any of them takes.
LONG = 60


def run(coroutine):
    """Run in a thread of its own: a browser that another test drives has this thread's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, LONG))).result()
