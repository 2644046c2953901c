"""Logs on standard error: one JSON object a line, tracebacks without anybody's words.

Local variables never stand in a traceback: they would hold what contacts wrote.
"""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Send our logs to standard error from `level` on, the libraries' from WARNING on."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    plain = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, plain, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                plain,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # it would log what tools are told and say
    # whatever is asked of us: at DEBUG libraries write down what crosses the wire, keys and words
    root.setLevel(max(number, logging.WARNING))
