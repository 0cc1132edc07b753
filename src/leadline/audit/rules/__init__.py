"""The rules of the audit, one a file: ``RULE`` says what it is, ``find`` what it found."""
