"""By which rules do many visitors share one server? Each number stands in the file that is named.

What waits:
- A heavy job waits for its turn: first by address, then by the browser at that address (`turns`, `known_browser`). Many
  jobs of one visitor never delay the first of another, and a light job waits for light ones alone.
- A page's own heavy work stands in the same queue (`page_turn`).
- A large upload waits until there is room for all of it (`uploads`).
- An exported file is made piece by piece, each piece in a turn of its own (`export_response`).

What is refused, with a sentence that says what to do:
- a question that asks for more than a limit (`limits`);
- the last job of whoever has most in a full queue, and an export beside too many: the browser asks again by itself;
- a body or an upload that has no room or stops coming (`arriving`, `uploads`);
- a file that takes more memory or time to open than its size allows (`open_in_process`, `opener_process`).

What ends early: a job that nobody waits for any more, or that has run for too long (`still_wanted`). While it runs, its
visitor sees how far it is (`progress`).

What is left to a proxy: HTTPS, and how many connections and requests one address may open in a second.
"""
