"""What do the units do? What the page Units computes, draws and says."""
