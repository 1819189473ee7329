"""Which models are there: drawn at random, trained, saved?"""
