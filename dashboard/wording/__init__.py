"""What do the pages say?"""
