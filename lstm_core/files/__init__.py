"""How is a file written whole, and read without trusting what it claims?"""
