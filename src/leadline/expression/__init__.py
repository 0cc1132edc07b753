"""The condition language: phrases become one typed tree; the tree reads, evaluates, compiles and speaks."""
