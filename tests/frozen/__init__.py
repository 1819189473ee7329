"""What did the page Memory show of sixty links: numbers, words and places?"""
