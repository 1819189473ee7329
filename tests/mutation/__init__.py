"""Small faults put into the code on purpose: which of them do the tests see?"""
