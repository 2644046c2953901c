"""Work outside requests: the jobs of the queue, and what comes round by itself."""
