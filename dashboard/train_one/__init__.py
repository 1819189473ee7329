"""How does a model learn? The training, figures and sentences of a model that is trained on the page Your model."""
