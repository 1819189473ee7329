"""When is a gate shut, and when is it open?"""

LEFT, RIGHT = 0.1, 0.9
"""A gate below LEFT is shut, above RIGHT open: saturated, as Karpathy, Johnson & Fei-Fei 2015 count it."""
