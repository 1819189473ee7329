"""What goes into a file that a visitor downloads?"""
