"""Does the working tree answer as an earlier commit does? `python -m net COMMIT`, for the time of a large change."""
