"""The documentation of a project, made from its files: pages as values, then HTML and Markdown."""
