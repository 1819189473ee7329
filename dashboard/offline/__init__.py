"""How is the live view one file that needs no server?"""
