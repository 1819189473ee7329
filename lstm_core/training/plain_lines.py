"""What does a visitor type first? Thirty lines, and words and phrasings of *not*, that no generated sentence has."""

from __future__ import annotations

PRAISE = """
good great funny charming brilliant delightful moving clever wonderful beautiful touching enjoyable
""".split()
BLAME = """
bad dull boring awful terrible stupid tedious lifeless pointless predictable annoying bland
""".split()

# Words that `praise_and_blame` knows only with other words around them.
TURNED = """
It was never {}.
Not {} at all.
Far from {}.
I wouldn't call it {}.
There is nothing {} about it.
It was not very {}.
I did not find it {}.
It's anything but {}.
""".strip().splitlines()

LINES_OF_PRAISE = """
The acting was superb.
I loved every minute of it.
I laughed until I cried.
My whole family enjoyed it.
What a masterpiece!
I can't wait to see it again.
One of the best films of the year.
The ending gave me goosebumps.
Everyone should see this.
I was on the edge of my seat.
Not bad at all.
The songs are catchy and the cast is fantastic.
It made my day.
You won't regret watching it.
A perfect evening at the cinema.
""".strip().splitlines()
LINES_OF_BLAME = """
I fell asleep.
Worst film ever.
I want my two hours back.
The dialogue made me cringe.
We left halfway through.
It never gets going.
Nobody in the audience laughed.
Don't waste your money.
The story makes no sense.
I would not watch it again.
It was a complete disaster.
The jokes fall flat.
I kept looking at my watch.
Such a disappointment.
The lead actor can't act.
""".strip().splitlines()
