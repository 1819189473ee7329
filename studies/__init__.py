"""Programs: how are the README's claims computed, and what does recording cost?"""
