"""What the builder is drawn from: the language with the words of its controls."""
