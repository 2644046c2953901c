"""Text as words, sentences, names, numbers and dates; slips of the pen; our own sayings."""
