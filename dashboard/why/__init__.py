"""Why this value, and why this answer? What the drawer below the picture says."""
