"""What did Memory show of sixty links, and while it was used; what is on the other pages and in each figure?"""
