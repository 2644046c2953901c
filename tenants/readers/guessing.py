"""Which encoding bytes are in that are no UTF-8 and say nothing of themselves."""

from charset_normalizer import from_bytes

from tenants.readers.refusals import Refused

_LIKELY = [
    "cp1252", "gb18030", "shift_jis", "euc_jp", "euc_kr", "big5", "cp1251", "koi8_r", "cp1250",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_15",
]  # fmt: skip


def guessed(sample: bytes) -> str:
    """The name of the encoding that fits best. Raises: Refused."""
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    if best is None:
        raise Refused("it is no text: no encoding fits it")
    return best.encoding
