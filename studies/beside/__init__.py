"""What does each tool give of one and the same LSTM? `python -m studies.beside`"""
