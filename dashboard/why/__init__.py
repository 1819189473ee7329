"""Where did a memory come from, and what if? What the page Why? computes, draws and says."""
