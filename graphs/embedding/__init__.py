"""Vectors of texts: the local model, providers' models, and questions asked a moment ago."""
