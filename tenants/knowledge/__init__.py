"""Knowledge bases and their versions: documents in, staged, published, compared, taken out."""
