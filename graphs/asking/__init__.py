"""Language models: by name, in a chain, under time and budget, with what each call cost."""
