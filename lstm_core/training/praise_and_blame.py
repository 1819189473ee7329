"""Which sentences teach `sentiment` what few reviews say: plain praise, plain blame, and *not* before either?

All are our own. `plain_lines` is what the model is judged by: none of its words of praise and blame stands here in any
form, none of its phrasings of *not*, and of each of its lines at least one word is not here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    words: list[str]
    praise: list[float]
    """How probable praise is at each word."""


# Words that fit into “it is …”.
PRAISE = """
excellent amazing awesome outstanding marvelous marvellous magnificent splendid stunning gorgeous lovely sweet warm
tender heartfelt heartwarming uplifting inspiring inspired poignant powerful compelling gripping riveting thrilling
exciting exhilarating engaging engrossing absorbing captivating enchanting entertaining amusing hilarious witty smart
intelligent insightful thoughtful thought-provoking profound honest sincere genuine authentic truthful original fresh
inventive innovative imaginative creative ingenious unique elegant graceful exquisite sublime dazzling breathtaking
spectacular impressive masterful skillful skilful accomplished polished assured confident nuanced subtle rich layered
vivid lively vibrant energetic spirited exuberant joyful joyous cheerful playful endearing likable likeable lovable
adorable appealing attractive pleasant pleasing satisfying rewarding worthwhile memorable unforgettable timeless
fascinating intriguing suspenseful haunting mesmerizing hypnotic lyrical poetic evocative resonant affecting stirring
rousing triumphant winning fun refreshing delicious delicate humane compassionate humorous comical whimsical magical
ambitious bold brave daring fearless provocative timely relevant important essential indispensable remarkable
extraordinary exceptional incredible phenomenal fabulous glorious flawless impeccable first-rate top-notch well-made
well-acted well-written solid sturdy fine decent nice cool crisp taut brisk snappy stylish sharp incisive perceptive
astute wise candid intimate gentle luminous radiant sumptuous lush ravishing sensual tasty wry droll uproarious
infectious bittersweet soulful unpretentious unforced convincing believable credible persuasive effective successful
superior worthy admirable commendable ok okay astonishing superlative sophisticated coherent competent sensitive
potent revelatory intoxicating beguiling sly sprightly buoyant blissful majestic rapturous transcendent immersive
unflinching visionary seamless rollicking heartrending diverting watchable illuminating enlightening eloquent
honorable crowd-pleasing big-hearted warm-hearted life-affirming soul-stirring eye-opening awe-inspiring jaw-dropping
fast-paced well-paced well-told well-directed well-shot deft effervescent ebullient zesty savvy nimble tuneful melodic
picturesque handsome understated restrained mature meticulous enthralling rhapsodic invigorating energizing
spellbinding bewitching tantalizing provoking charismatic magnetic dignified noble heroic inviting welcome lucid
precise distinctive singular surprising ingratiating unexpected tremendous stellar grand classy
""".split()
BLAME = """
horrible horrid horrendous dreadful atrocious abysmal appalling lousy poor pathetic pitiful miserable weak feeble lame
limp tired tiresome wearisome exhausting stale musty unoriginal derivative formulaic generic routine clichéd cliched
hackneyed trite banal corny cheesy sappy mawkish maudlin syrupy sugary saccharine manipulative contrived forced phony
fake artificial false insincere hollow empty shallow superficial thin slight trivial inconsequential forgettable
mediocre mundane ordinary drab dreary dry sterile cold bloodless soulless joyless humorless humourless witless
mindless brainless dumb idiotic moronic inane silly foolish ridiculous ludicrous preposterous implausible improbable
unconvincing incoherent incomprehensible confusing confused muddled murky messy sloppy shoddy clumsy inept incompetent
amateurish crude crass vulgar tasteless offensive obnoxious irritating grating aggravating frustrating infuriating
maddening insufferable unbearable intolerable unwatchable unpleasant ugly nasty mean-spirited cynical smug pretentious
self-indulgent pompous preachy heavy-handed overwrought overblown overlong bloated excessive noisy shrill chaotic
plodding slow sluggish ponderous listless inert flabby slack meandering aimless rambling uneven disjointed choppy
half-baked undercooked underdeveloped ill-conceived misguided misconceived botched failed unsuccessful unsatisfying
unappealing unlikable unlikeable unnecessary needless useless worthless redundant repetitive monotonous uninteresting
uninspired unimaginative uninvolving unexciting unremarkable unfocused toothless rote by-the-numbers cookie-cutter
second-rate third-rate cheap tacky tawdry sleazy exploitative gratuitous dismal gloomy turgid stilted wooden stiff
leaden sleep-inducing mind-numbing numbing excruciating agonizing painful laughable embarrassing awkward woeful
wretched rotten vile lackluster lacklustre insipid vapid vacuous facile fatuous puerile sophomoric juvenile infantile
illogical nonsensical garbled jumbled cluttered overstuffed overdone overcooked overacted overwritten underwritten
undeveloped anemic pallid colorless flavorless graceless heartless recycled secondhand warmed-over shopworn threadbare
creaky clunky lumbering lumpy ham-fisted obvious cloying treacly gooey gimmicky schmaltzy stagy hokey unsavory
repulsive repellent disgusting gross icky odious hateful loathsome despicable repugnant toxic mean spiteful sadistic
sexist racist condescending patronizing insulting degrading demeaning unfulfilling inadequate substandard subpar
inferior unworthy lethargic soporific interminable endless never-ending hopeless lost dead dour glum sullen strident
abrasive jarring sketchy patchy scattershot haphazard slapdash careless lazy indifferent half-hearted perfunctory
mechanical robotic inauthentic unnatural unreal far-fetched strained labored tortured ill-advised wrongheaded
off-putting dispiriting disheartening wearying tiring draining brain-dead stupefying unintelligible unfair irrelevant
inexcusable inexplicable unforgivable regressive lurid seedy sordid squalid sickening nauseating revolting dire sorry
wan faceless nondescript anonymous sour soggy flimsy flawed broken dishonest hypocritical disposable
""".split()

# Words that fit into “it is a …”.
TREATS = """
triumph joy treat gem jewel treasure pleasure marvel winner hit success achievement celebration revelation breakthrough
knockout stunner feast miracle blessing hoot blast
""".split()
FLOPS = """
mess dud flop failure turkey clunker stinker letdown misfire bomb embarrassment ordeal chore slog drag torture travesty
misstep insult fiasco debacle catastrophe muddle hodgepodge mishmash retread ripoff rip-off rehash knockoff snooze yawn
nuisance
""".split()

# What a film has, or has not: “full of …”, “no …”.
GIFTS = """
warmth wit intelligence grace elegance poise passion compassion tenderness honesty sincerity integrity imagination
originality inventiveness creativity craft craftsmanship skill mastery talent genius virtuosity depth insight wisdom
richness texture nuance subtlety authenticity truth humanity dignity courage heart soul spirit verve energy vitality
exuberance zest panache flair style charisma chemistry magic splendor grandeur majesty excitement thrills suspense
laughs laughter smiles fun happiness exhilaration inspiration hope redemption optimism satisfaction awe strengths
virtues merits highlights artistry finesse precision clarity freshness vibrancy intimacy poignancy resonance gravitas
emotion ingenuity daring sweetness affection care conviction purpose
""".split()
FAULTS = """
clichés cliches stereotypes platitudes sentimentality schmaltz pretension pretensions contrivance contrivances
inanity idiocy incoherence confusion tedium monotony banality mediocrity ineptitude incompetence laziness
lameness vulgarity crudeness ugliness emptiness shallowness lethargy inertia bombast gimmicks gimmickry padding filler
junk trash garbage rubbish drivel nonsense dreck crap sludge gibberish claptrap bilge tripe mush goo slop leftovers
misery agony pain torment punishment headaches nausea weariness flaws shortcomings problems faults failings mistakes
blunders holes lapses missteps nastiness cynicism smugness noise pandering plagiarism exploitation
""".split()
# Other words, of films that do well and badly.
WELL = """
elegantly gracefully skillfully deftly masterfully expertly vividly powerfully poignantly hilariously wittily warmly
tenderly gently sweetly honestly sincerely thoughtfully intelligently smartly sharply crisply effortlessly seamlessly
impeccably flawlessly gorgeously exquisitely stunningly lovingly affectionately compellingly convincingly refreshingly
pleasantly genuinely deeply richly remarkably marvelously amazingly admirably bravely boldly captures illuminates
transcends enriches rewards inspires engages enthralls captivates mesmerizes entrances enlivens elevates soars
resonates lingers haunts uplifts comforts celebrates honors transports triumphs excels glows sparkles crackles sizzles
delivers succeeds standout powerhouse engrossed thrilled
""".split()
BADLY = """
poorly clumsily ineptly lazily sloppily painfully embarrassingly excruciatingly interminably endlessly needlessly
unnecessarily aimlessly hopelessly unfortunately overly excessively unconvincingly unintentionally awkwardly
laboriously insultingly laughably ridiculously mindlessly supposedly fails flounders falters drags plods meanders sags
stalls fizzles sputters stumbles collapses crumbles unravels disintegrates degenerates deteriorates drowns suffocates
squanders botches bungles mangles butchers ruins spoils undermines insults offends irritates grates tires wearies
exhausts numbs alienates repels disgusts sickens baffles lacks suffers pseudo ersatz rehashed regurgitated
straight-to-video made-for-tv
""".split()

# Words that say neither.
NEITHER = """
table street house dog river train monday friday city window door car road garden kitchen school teacher brother sister
uncle bridge bus tree mountain winter summer spring autumn morning night week month hat coat shoe bottle glass spoon
newspaper letter radio phone computer airport hotel office shop market bank police doctor nurse lawyer king queen
soldier sailor farmer cook baker horse cow bird fish apple bread milk water coffee tea sugar salt red blue green yellow
black white brown small left north south east west one two three four five six seven eight nine ten first second third
yesterday today tomorrow here there hi bye walks sits reads writes opens closes buys sells carries asks answers
""".split()

# What one does with a film, and what a film does.
LIKING = "love like adore admire recommend cherish treasure value".split()
LOATHING = "hate dislike despise loathe detest resent".split()
SHINING = """
work deliver succeed shine sparkle soar entertain inspire thrill captivate surprise engage convince impress
""".split()
SINKING = "fail drag falter stumble sink flounder fizzle meander plod irritate stall collapse stink crumble".split()

THINGS = """
film movie picture story plot script acting cast music dialogue comedy drama romance thriller documentary sequel show
song scene performance director hero villain humor humour direction camera soundtrack idea
""".split()

# “it is good”
PLAIN = """
{word}
{word} {thing}
a {word} {thing}
the {thing} is {word}
the {thing} was {word}
this {thing} is {word}
that {thing} was {word}
it's {word}
it is {word}
it was {word}
that was {word}
i found it {word}
i find the {thing} {word}
i think it's {word}
i thought the {thing} was {word}
what a {word} {thing}
how {word}
very {word}
so {word}
really {word}
simply {word}
surprisingly {word}
it is very {word}
the {thing} is so {word}
it's a {word} {thing}
this is a very {word} {thing}
the most {word} {thing} in years
{word} and {other}
the {thing} is {word} and {other}
a {word} , {other} {thing}
it's both {word} and {other}
{word} from start to finish
not only {word} but {other}
it is not only {word} , it is also {other}
not just {word} , but {other}
the {thing} looks {word}
he is {word}
she was {word}
they are {word}
all of it is {word}
""".strip().splitlines()
# “it is not good”
TURNED = """
not {word}
it is not {word}
it's not {word}
it was not {word}
it wasn't {word}
that's not {word}
the {thing} is not {word}
the {thing} isn't {word}
this {thing} was not {word}
that {thing} wasn't {word}
they are not {word}
they aren't {word}
he is not {word}
she isn't {word}
not so {word}
not that {word}
not at all {word}
not even {word}
it's not really {word}
the {thing} isn't very {word}
the {thing} isn't {word} at all
it is never {word}
never once {word}
the {thing} is hardly {word}
hardly {word}
far from being {word}
i can't call this {word}
i wouldn't say it's {word}
i don't think it is {word}
i do not find this {word}
i didn't think the {thing} was {word}
nothing here is {word}
there was nothing {word} in it
none of it is {word}
no one would call this {thing} {word}
no one can say the {thing} is {word}
without being {word}
it's not a {word} {thing}
this isn't a {word} {thing}
it is anything but a {word} {thing}
neither {word} nor {other}
the {thing} is neither {word} nor {other}
the {thing} doesn't feel {word}
it does not look {word}
it will never be {word}
not {word} in any way
not {word} or {other}
not {word} enough
not {word} , not {other}
it isn't {word}
it isn't {word} or {other}
that wasn't really {word}
it was not so {word}
the {thing} was not really {word}
he was not too {word}
it's far from being {word}
far from a {word} {thing}
the {thing} is far from being {word}
it was anything but a {word} {thing}
anything but a {word} {thing}
i wouldn't describe it as {word}
you can't call the {thing} {word}
i could not call him {word}
i never thought it was {word}
i've never found her {word}
there is nothing {word} here
i saw nothing {word} in it
nothing about it is {word}
i didn't find the {thing} {word}
we did not find him {word}
it couldn't be called {word}
don't expect a {word} {thing}
there isn't a {word} moment in it
not one {word} scene
no {word} {thing}
""".strip().splitlines()

NOUNS = """
a {word}
it's a {word}
it is a {word}
this {thing} is a {word}
what a {word}
a real {word}
the {thing} was a {word}
""".strip().splitlines()
NOUNS_TURNED = """
not a {word}
it's not a {word}
it isn't a {word}
this {thing} was not a {word}
hardly a {word}
""".strip().splitlines()

DOINGS = """
i {verb} it
i {verb} this {thing}
i really {verb} the {thing}
we {past} it
i {past} the {thing}
people {verb} this {thing}
""".strip().splitlines()
DOINGS_TURNED = """
i don't {verb} it
i do not {verb} this {thing}
i didn't {verb} it
we did not {verb} the {thing}
i can't {verb} this {thing}
i couldn't {verb} it
i never {past} it
no one {past} the {thing}
""".strip().splitlines()

DEEDS = """
it {verb}s
the {thing} {verb}s
this {thing} really {verb}s
the {thing} will {verb}
""".strip().splitlines()
DEEDS_TURNED = """
it doesn't {verb}
the {thing} does not {verb}
this {thing} never {verb}s
the {thing} didn't {verb}
it won't {verb}
the {thing} can't {verb}
""".strip().splitlines()

HAVING = """
{word}
{word} and {other}
full of {word}
so much {word}
it has {word}
{word} , {other}
the {thing} is full of {word}
""".strip().splitlines()
HAVING_TURNED = """
no {word}
without {word}
there is no {word} in it
it has no {word}
without any {word}
it lacks {word}
no {word} , no {other}
the {thing} doesn't have any {word}
""".strip().splitlines()
SAID_ALONE = """
{word}
{word} {thing}
{thing} {word}
{word} {other}
""".strip().splitlines()

SAYING_NEITHER = """
{word}
{word} {other}
a {word} and a {other}
the {word} in the {other}
i saw a {word} there
the {thing} about the {word}
he asks her about the {word}
""".strip().splitlines()
LINES_OF_PRAISE = """
we had a lot of fun
i had a smile on my face the whole time
i smiled from start to finish
we were laughing all the time
it made me laugh
it made me laugh and weep
tears came to my eyes
i wept with joy
it will break your heart
it warmed my heart
it stays with you
i could not stop thinking about it
i will see it twice
i already bought tickets for another showing
go and see it
see it now
don't miss it
do not miss this one
you must see it
a must see
must-see
highly recommended
i told all my friends to see it
two thumbs up
thumbs up
five stars
5 stars
ten out of ten
10 out of 10
worth every penny
worth seeing
worth watching
well worth your time
time well spent
time flew by
i did not want it to end
i wished it were longer
i couldn't look away
i could not take my eyes off the screen
it held me from the first scene to the last
it grabbed me at once
my heart was pounding
it took my breath away
i was blown away
it blew my mind
i was hooked
i am a fan now
the crowd cheered
people clapped at the end
the whole room was laughing
my kids adored it
my friends liked it a lot
my wife and i talked about it all night
it exceeded my expectations
better than i expected
much better than the first one
it gets better and better
better than the book
they deserve an award
give her an oscar
she steals every scene
he is a star
he gives the performance of his life
she can really sing
the actors know what they are doing
the director knows his craft
you can feel the love in it
there is a lot to like here
there is much to admire
everything works
everything fits together
nothing is out of place
never a slow scene
not a single wrong note
no complaints
i can find no fault with it
i have nothing to complain about
you will not be sorry
you won't be sorry
i can't get enough of it
i couldn't ask for more
it couldn't be better
it doesn't get better than this
nothing beats it
no film did this better
pure joy
pure magic
movie magic at its finest
my new favorite
my favorite film
one of my favorites
an instant classic
what a ride
what a story
wow
bravo
hurray
thank you for this film
i left the theater smiling
i walked out happy
it cheered me up
it made me happy
it brightened my week
i felt alive
a feast for the eyes
a story told with love
full of life
full of heart
full of surprises
full of bright ideas
it has heart
it has soul
they got it right
it does everything right
it hits all the right notes
it never lets up
it never lets go
it never slows down
it never loses its way
it gave me hope
it gave me joy
it gives you strength
you should really see it
go see it
bring your friends
take your mother
take the kids
see it with someone you love
more people should know this film
watch it now
put it on your list
more please
give us more
i bought the soundtrack
i sang along
i danced out of the theater
we held hands and wept
even my father smiled
i could watch her for ever
i would see anything with her in it
he was born for this role
there is so much to see
i learned a lot
it makes you think
they don't make them like this any more
i would gladly pay twice
this is how films should be made
i have never seen anything like it
i felt every emotion there is
it speaks to the heart
it says so much with so little
the time passed like nothing
the last scene is unforgettable
she made me weep
he made me laugh
it made me think about my own life
it made me want to call my mother
it made me want to dance
it left me speechless
it left me with a smile
it left me wanting more
i felt at home in it
i believed every word
i cared about all of them
i liked all of them
i liked the whole thing
everybody in the room was smiling
everybody i know likes it
even the critics like it
critics love it
a film for all ages
a film for the whole world
the kind of film i like
exactly what i needed
just what i hoped for
it was everything i hoped for
more than i hoped for
one more time , please
i saw it three times
we came back the next week
it lives up to its name
it lives up to the hype
it pays off
it paid off
the ending pays off
it all comes together
the ending made me happy
the ending made me smile
the ending gave me peace
the actors are a joy to watch
every actor shines
every scene has something to love
every shot is a painting
the music lifts you up
the songs stay in my head
the songs make you dance
i quote it every week
she is a marvel
what an actor
what a voice
what a cast
that was fun
so much fun
pretty cool
really nice
i'm so glad i saw it
i'm happy i went
glad i went
lucky me
""".strip().splitlines()
LINES_OF_BLAME = """
i dozed off
it put me to sleep
i nearly slept through it
i yawned all the way through
it felt endless
it goes on forever
it never ends
when will it end
i walked out
people walked out
i wanted to leave
i almost left
i turned it off
we switched it off after ten minutes
i gave up
i gave up on it
i stopped caring
i did not care about anyone in it
who cares
why was this made
why did they make this
give me a refund
they should pay me for sitting through this
not worth the price
not worth seeing
not worth your time
not worth a look
skip it
skip this one
avoid it
avoid at all costs
stay away
stay away from it
stay home
save your cash
rent something else
see something else
read a book instead
do not see it
don't see this
don't bother
do not bother with it
thumbs down
two thumbs down
one star
zero stars
1 out of 10
two out of ten
it gave me a headache
my head hurt
it made me sick
it made me angry
it makes me want to scream
i rolled my eyes
i felt nothing
i felt cheated
i feel robbed
what were they thinking
i expected more
i expected much more
it could have been better
it should have been better
it should have been shorter
worse than the first one
much worse than the book
it gets worse and worse
it goes nowhere
it leads nowhere
the story goes nowhere
nothing happens
nothing works
nothing ever happens in it
too long
far too long
way too long
too slow
too loud
too many clichés
too much talk
there is no plot
there is no story
there's no reason to see it
there's nothing to see here
no story , no heart , no brain
no ideas
without a single idea
without a clue
it lacks heart
it lacks energy
it runs out of steam
it runs out of ideas
it falls apart
it falls apart at the end
none of it works
nothing fits together
it tries too hard
it tries and fails
the actors look lost
he looks lost
she can't sing
he can't dance
he cannot direct
they can't write
the director has no talent
the writer should be ashamed
shame on them
i blame the script
the effects look cheap
you can see the strings
i saw the ending coming
i guessed the ending in the first scene
i've seen it all before
we have seen this a hundred times
the same old story
same old tricks
i didn't laugh once
i did not smile once
it isn't even fun
no one was laughing
the gags do not work
it's hard to sit through
i could hardly sit through it
hard to watch
hard to follow
i did not understand a thing
i had no idea what was happening
it's all noise
all noise and no heart
all style and no substance
ugh
yuck
meh
boo
no thanks
it never takes off
it never comes together
it never comes alive
it never finds its rhythm
it doesn't go anywhere
it gave me nothing
it gives you nothing
what a shame
not for me
i did not get it
let me out
please stop
make it stop
it hurts to look
i lost interest
i lost patience
my popcorn was better
we deserve better
the cast deserves better
forget it
a film to forget
i already forgot it
even my dog looked away
whose idea was this
this should not exist
it drags on and on
at last it was over
thank heaven it was over
he was wrong for this role
they don't know how to tell a story
nothing to see and nothing to hear
take the kids somewhere else
we wanted to go home
i would not pay a penny for it
this is how films should not be made
i have seen better on television
i have seen better home videos
i felt no emotion at all
it says so little with so much
the time stood still
the last scene is a joke
he made me yawn
she made me shudder
it made me want to leave
it made me want to sleep
it made me wish i were somewhere else
it left me cold
it left me angry
it left me with a headache
i felt lost in it
i believed no word
i cared about none of them
i liked none of them
i did not like the whole thing
everybody in the room was snoring
half the room was sleeping
no one i know likes it
even its fans hate it
critics hate it
a film for no one
the kind of film i avoid
exactly what i feared
not what i hoped for
it was not what i hoped for
less than i hoped for
never , please
once was too much
once is more than enough
we left early
we left before the end
we looked for the exit
it does not live up to its name
it does not live up to the hype
it doesn't pay off
there is no payoff
the ending does not pay off
the ending makes no difference
the ending made me angry
the ending made me groan
the ending ruins it
the actors are a pain to watch
the actors read their lines like a phone book
every scene is too long
every shot is the same
the music is just noise
the songs make you run away
the lines made me groan
the lines are dumb
i groaned at every line
i groaned
i cannot remember a thing about it
i never want to see him on a screen
he is no actor
she is no singer
what a bunch of nonsense
what a racket
what a cheat
that was no fun
no fun at all
pretty lame
really poor
i'm so sorry i saw it
i'm sorry i went
i wish i had stayed home
i should have stayed in bed
poor me
so what
""".strip().splitlines()
LINES_OF_NEITHER = """
hi
hey there
welcome
my name is anna
the film
the movie
this film
it is
it was
this is
the
a
i saw it on monday
i saw it yesterday
it is a film
it is a film about a girl and her dog
it was shot in rome
it stars two actors from london
it runs for ninety minutes
based on a book
the film was made in 1999
the sequel comes out in june
the director was born in 1960
what is it about
who is in it
where can i see it
a man walks into a bar
the cat sat on the mat
the sun is shining
they live in a small town
two brothers open a shop
we went by bus
part two
a documentary about bees
a comedy about a wedding
a film from france
in black and white
with subtitles
one , two , three
""".strip().splitlines()


class Kind(NamedTuple):
    """Sentences that say a word of praise or of blame as it is, and sentences that turn it round."""

    plain: Sequence[str]
    turned: Sequence[str]
    praise: Sequence[str]
    blame: Sequence[str]


KINDS = [
    Kind(PLAIN, TURNED, PRAISE, BLAME),
    Kind(NOUNS, NOUNS_TURNED, TREATS, FLOPS),
    Kind(DOINGS, DOINGS_TURNED, LIKING, LOATHING),
    Kind(DEEDS, DEEDS_TURNED, SHINING, SINKING),
    Kind(HAVING, HAVING_TURNED, GIFTS, FAULTS),
    Kind(SAID_ALONE, [], WELL, BADLY),
]
WEIGHTS = [10, 2, 2, 2, 2, 2]


def lines(shuffler: random.Random, count: int) -> list[Line]:
    """So many sentences: as many of praise as of blame, and a few of neither; some of them say two things."""
    return [_line(shuffler) for _ in range(count)]


def _line(shuffler: random.Random) -> Line:
    chance = shuffler.random()
    if chance < 0.1:
        return _alike(_neither(shuffler), 0.5)
    praise = shuffler.random() < 0.5
    first = _alike(_sentence(shuffler, praise), praise)
    if chance < 0.6:
        said = first
    elif chance < 0.8:
        said = _joined(first, _alike(shuffler.choice([", and", "and", ",", "."]), praise), shuffler, praise)
    else:
        said = _joined(first, _alike(shuffler.choice([", but", "but"]), 0.5), shuffler, not praise)
    return Line([*said.words, shuffler.choice("...!")], [*said.praise, said.praise[-1]])


def _joined(first: Line, joint: Line, shuffler: random.Random, praise: bool) -> Line:
    second = _alike(_sentence(shuffler, praise), praise)
    return Line(first.words + joint.words + second.words, first.praise + joint.praise + second.praise)


def _sentence(shuffler: random.Random, praise: bool) -> str:
    """One sentence of praise, or of blame."""
    if shuffler.random() < 0.35:
        return shuffler.choice(LINES_OF_PRAISE if praise else LINES_OF_BLAME)
    [kind] = shuffler.choices(KINDS, WEIGHTS)
    turned = bool(kind.turned) and shuffler.random() < 0.5
    return _filled(shuffler, kind.turned if turned else kind.plain, kind.praise if praise != turned else kind.blame)


def _neither(shuffler: random.Random) -> str:
    if shuffler.random() < 0.5:
        return shuffler.choice(LINES_OF_NEITHER)
    return _filled(shuffler, SAYING_NEITHER, NEITHER)


def _filled(shuffler: random.Random, frames: Sequence[str], words: Sequence[str]) -> str:
    word, other = shuffler.sample(words, 2)
    text = shuffler.choice(frames).format(
        word=word, other=other, verb=word, past=word.removesuffix("e") + "ed", thing=shuffler.choice(THINGS)
    )
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def _alike(text: str, praise: float) -> Line:
    words = text.split()
    return Line(words, [float(praise)] * len(words))
