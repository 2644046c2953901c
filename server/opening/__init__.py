"""What lives as long as the process: opened once in one exit stack, closed in reverse."""
