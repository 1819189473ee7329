"""Where does a hand-written cell compute c = f ⊙ c' + i ⊙ g?"""
