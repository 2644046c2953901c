"""What releases before needed of the database: small files, made once a release, held against every later schema."""
