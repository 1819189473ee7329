"""What does the kind of cell buy? An LSTM, a GRU and a plain RNN side by side on the page Compare."""
