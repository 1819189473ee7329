"""What does a text or a table become, before an LSTM reads it?"""
