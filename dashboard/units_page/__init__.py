"""What stands on the page Units, part by part: what is read, the list, a unit, a search, a corpus."""
