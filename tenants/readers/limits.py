"""What reading one file may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one file and of the process that reads it; bytes are bytes of the file's content."""

    max_bytes: int = 50_000_000
    # the process
    memory_bytes: int = 512_000_000  # beyond what the interpreter itself has mapped
    cpu_seconds: int = 20
    wall_seconds: float = 30
    output_bytes: int = 20_000_000
    # ZIP containers (DOCX, XLSX), as they declare themselves
    archive_bytes: int = 200_000_000
    archive_part_bytes: int = 100_000_000  # one XML part
    archive_ratio: int = 200  # unpacked to packed, for whole archives beyond 20 MB
    archive_members: int = 5_000
    # structure
    pages: int = 2_000
    rows: int = 200_000
    columns: int = 1_000
    values: int = 600_000  # cells of a table, scalars and containers of JSON
    html_depth: int = 3_000
    json_depth: int = 100
    links: int = 20_000
