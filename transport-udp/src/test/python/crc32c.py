"""CRC-32C (Castagnoli): the polynomial 0x1edc6f41, reflected, as in RFC 3720, appendix B.4."""

_REFLECTED_POLYNOMIAL = 0x82F63B78


def _entry(byte):
    for _ in range(8):
        byte = byte >> 1 ^ (_REFLECTED_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = [_entry(byte) for byte in range(256)]


def crc32c(data):
    """The checksum of some bytes."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
