"""Where do two readings differ? What the page Compare computes, draws and says."""
