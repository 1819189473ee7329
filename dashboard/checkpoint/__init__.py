"""What is in a visitor's file of weights? The opening, figures and sentences of the page Your model."""
