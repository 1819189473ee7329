"""What does the server keep for its visitors?"""
