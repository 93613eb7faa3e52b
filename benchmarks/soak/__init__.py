"""`make soak`: the bank under attack, killed and loaded for minutes, and what it promises then."""
