"""What do the units do, and where did a memory come from?"""
