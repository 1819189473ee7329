"""How is the live view of one trace a file that needs no server?"""
