"""What stands on the page Corpus, part by part: the choice of texts, the units, one unit, hits and worst texts."""
