"""What did the page Memory show of sixty links, and what is each figure of the library: numbers, words and places?"""
