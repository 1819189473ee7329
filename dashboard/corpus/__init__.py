"""What does each unit do in a whole corpus, and where else does it do this?"""
