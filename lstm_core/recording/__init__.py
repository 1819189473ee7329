"""How are the gates of somebody's model recorded, and proved?"""
