"""What is in somebody's file of weights, opened without trusting it?"""
