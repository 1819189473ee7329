"""What does each unit do in a million words, and where else does it do this?"""
