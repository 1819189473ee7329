"""Where did a memory come from, and what if? The analyses, figures and sentences of the page Why?."""
