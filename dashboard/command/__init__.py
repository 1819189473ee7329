"""The console command `gatescope`: a verb a file, and `main.py` chooses among them."""
