"""What did Memory show of sixty links, and what is on the other pages and in each figure: numbers, words and places?"""
