"""How does a model learn? The training, figures and sentences of the page Train."""
