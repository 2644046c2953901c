"""Knowledge that comes in: documents, files and bulk imports, at once or by a job."""
