"""Office files are zip archives: written again without the moment of writing, so that the same content is the same bytes."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MOMENT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def stable(save: Callable[[BytesIO], object], moment: str) -> bytes:
    """What `save` writes, with `moment` (ISO 8601, UTC) as its time of making; entries in order of name, not compressed.

    Compression is left out because its bytes differ between versions of zlib.
    """
    raw, out = BytesIO(), BytesIO()
    save(raw)
    with ZipFile(raw) as source, ZipFile(out, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MOMENT.sub(rb"\g<1>" + moment.encode() + rb"\g<2>", data)
            entry = ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            target.writestr(entry, data)
    return out.getvalue()
