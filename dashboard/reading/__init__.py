"""Which LSTM reads which text, and with which result?"""
