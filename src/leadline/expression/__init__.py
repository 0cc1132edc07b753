"""The condition language: phrases become one typed tree that evaluates, compiles and speaks."""
