"""How passages are found: lexemes, postings, vectors and their indexes, and the search itself."""
