"""Write the OpenAPI document to a file, without a database: the console's types are made of it."""

import json
import sys
from pathlib import Path

from server.app import create_app
from settings import Settings


def main() -> None:
    """`python -m server.openapi_file FILE`."""
    app = create_app(Settings(), database_url="", platform_key="", master_key=b"")
    Path(sys.argv[1]).write_text(json.dumps(app.openapi(), indent=1))


if __name__ == "__main__":
    main()
