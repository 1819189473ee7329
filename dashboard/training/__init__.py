"""How does a model learn? What the page Train runs, draws and says."""
