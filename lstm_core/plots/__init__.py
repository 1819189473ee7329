"""What does a picture look like? Figures as plain dicts for Plotly, and still pictures; both from arrays alone."""
