"""Programs: how are the documentation's figures computed, and what does recording cost?"""
