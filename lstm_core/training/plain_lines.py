"""What does a visitor type first? Sixty lines, and words and phrasings of *not*, that are not generated."""

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

# Nothing was chosen by these: they are scored when all else is done.
LAST_OF_PRAISE = """
Brilliant from beginning to end.
I cried happy tears.
This film deserves all its awards.
The chemistry between the leads is electric.
I left the theatre with a big grin.
Simply the finest film I have seen since Casablanca.
It had me hooked from the opening shot.
My kids can't stop talking about it.
Visually stunning and emotionally devastating.
You have to see it on a big screen.
Never boring, never too long.
I'd watch it a hundred times.
Such a clever little thriller.
The soundtrack alone is worth the ticket.
I was pleasantly surprised.
""".strip().splitlines()
LAST_OF_BLAME = """
What a snoozefest.
I couldn't finish it.
The plot has more holes than Swiss cheese.
Two hours of my life I will never get back.
The special effects look like a video game from 1995.
Utterly forgettable.
Nothing about it felt real.
I wanted to like it, but I couldn't.
The characters are paper-thin.
It's not even good enough for a rainy Sunday.
The trailer was better than the film.
I would rather do my taxes.
My ears still hurt.
He should stick to his day job.
Save yourself the trouble and stay at home.
""".strip().splitlines()
