"""What was recorded: as tensors, rows, files, and in few columns?"""
