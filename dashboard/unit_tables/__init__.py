"""What do the units do? The analyses, figures and sentences of the page Units."""
