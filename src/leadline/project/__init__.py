"""What a team writes: files in, typed frozen values and problems out."""
