"""How does a Streamlit page show text from outside exactly as it is?

Streamlit renders Markdown in tables, captions and messages: an image in a file's name would be fetched.
"""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")
# Streamlit turns an address into a link even if all its marks are escaped, so it is written as code.
_ADDRESS = re.compile(r"(?:://|www\.|@)", re.IGNORECASE)


def plain(text: str) -> str:
    """Text escaped for Markdown, so that it is shown unchanged, on one line.

    >>> plain("a *b* <c>")
    'a \\\\*b\\\\* \\\\<c\\\\>'
    """
    return " ".join(code(word) if _ADDRESS.search(word) else _MARKS.sub(r"\\\1", word) for word in text.split())


def code(text: str) -> str:
    """A name as Markdown code: nothing in it is rendered as Markdown.

    >>> code("encoder.lstm"), code("a`b")
    ('`encoder.lstm`', '`` a`b ``')
    """
    text = " ".join(text.split())
    longest = max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
    if not longest:
        return f"`{text}`" if text else ""
    return f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}"
