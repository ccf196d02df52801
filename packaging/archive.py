#!/usr/bin/env python3
"""Packs a directory into FILE, a `.tar.gz` or a `.zip`, so that the same files make the same bytes:

    python3 packaging/archive.py DIRECTORY FILE

The names are sorted, everything belongs to root, and every time is SOURCE_DATE_EPOCH. `tar` and `zip` take other options
on each system, and Windows has no `zip`.

Directories are made as they are needed: named in the archive, one that is there already would get our mode, and who
unpacks over `~/.local` would open it to others.
"""

import gzip
import os
import stat
import sys
import tarfile
import time
import zipfile
from pathlib import Path

directory, file = map(Path, sys.argv[1:])
epoch = int(os.environ["SOURCE_DATE_EPOCH"])


def entries():
    """Each file with its name in the archive and its mode, which is not that of whoever packs."""
    files = {path.relative_to(directory.parent).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    for name, path in sorted(files.items()):
        yield path, name, 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def tar():
    with (
        file.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for path, name, mode in entries():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = mode, epoch
            entry.uname = entry.gname = "root"
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(entry, content)


def zipped():
    with zipfile.ZipFile(file, "w") as archive:
        for path, name, mode in entries():
            entry = zipfile.ZipInfo(name, time.gmtime(epoch)[:6])
            # As if Unix had packed it, wherever it was.
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


zipped() if file.suffix == ".zip" else tar()
