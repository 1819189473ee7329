"""What does the live view draw of one view, and how is that sent?"""
