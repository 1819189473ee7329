"""What does a visitor look at, and how is it written in a link?"""
