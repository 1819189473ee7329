"""By which rules do many visitors share one server? Each number stands in the file that is named.

What waits: a heavy job, for its turn among those of all visitors, whether the live view or a page runs it (`turns`). A
light job waits for light ones alone.

What is refused, with a sentence that says what to do:
- a question, a text or a file that is larger than a limit (`limits`);
- a heavy question beside too many: the browser asks again by itself;
- a file of weights that takes more memory or time to open than its size allows (`open_in_process`).

What ends early: a job that nobody waits for any more, or that has run for too long (`turns`).

What is left to a proxy (docs/server.md): HTTPS, slow bodies and downloads, and how many connections, requests and
uploads one address may have at the same time.
"""
