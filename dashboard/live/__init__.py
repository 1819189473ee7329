"""How is the browser's live view answered?"""
