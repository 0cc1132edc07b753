"""A reader of the sentences: what somebody understands who knows the language, and no code.

Nothing here is shared with what writes the sentences: the patterns are written anew, so a word
that is said wrongly is understood wrongly, and the meaning that is read differs.
"""
