"""What is in a visitor's file of weights? What the page Your model opens, draws and says."""
