"""Compares the oracle with an iipsrv that is installed: python -m oracle.reference PROGRAM

As its answers are JPEG, the pictures are squares of 16 x 16 pixels of one colour, of which the
middle counts. Prints the greatest difference for each operation; one grey level is from cutting
off instead of rounding, one or two more from JPEG.

Version 1.1 counts the bands of MINMAX from 1 and does not use it for 8 bits; it has neither the
logarithm nor COL=binary nor CNV; its histograms are those of one tile and have one band.
"""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from PIL import Image as Pictures

from . import chains, images
from .cases import KERNELS
from .chains import Chain
from .images import Image

SQUARE = 16

CHAINS = {
    "plain": Chain(),
    "CNT=1.5": Chain(contrast=1.5),
    "GAM=0.5": Chain(gamma=0.5),
    "GAM=2.2": Chain(gamma=2.2),
    "GAM=log": Chain(gamma="log"),
    "INV": Chain(invert=True),
    "MINMAX": Chain(minmax=((0, 30.0, 180.0),)),
    "CMP=hot": Chain(map="hot"),
    "CMP=cold": Chain(map="cold"),
    "CMP=jet": Chain(map="jet"),
    "CMP=red": Chain(map="red"),
    "CMP=jet&INV": Chain(map="jet", invert=True),
    "CTW": Chain(twist=((0.2, 0.7, 0.1), (1.0, 0.0, 0.0), (0.0, 1.0, -0.5))),
    "CTW&GAM&CMP": Chain(twist=((0.2, 0.3, 0.4),), gamma=0.6, map="hot"),
    "SHD=45,30": Chain(shade=(45, 30)),
    "SHD=200,60": Chain(shade=(200, 60)),
    "COL=grey": Chain(color="grey"),
    "COL=binary": Chain(color="binary"),
    "CNT=eq": Chain(contrast="eq"),
    "CNT=st": Chain(contrast="st"),
    **{f"CNV={name}": Chain(kernel=name) for name in KERNELS},
    "ROT=90": Chain(degrees=90),
    "ROT=!180": Chain(flip=True, degrees=180),
}


def main() -> None:
    images.LEVELS = chains.LEVELS = 1
    with tempfile.TemporaryDirectory() as folder:
        made = list(_images(Path(folder)))
        address = f"{folder}/socket"
        setting = {"FILESYSTEM_PREFIX": f"{folder}/", "VERBOSITY": "0", "LOGFILE": "/dev/null"}
        print("operation", *(image.name for image in made), sep="\t")
        for name, chain in CHAINS.items():
            # A server of its own for each line: some operations end it.
            with _server(address, setting):
                print(name, *(_difference(address, image, chain) for image in made), sep="\t")


@contextlib.contextmanager
def _server(address: str, setting: dict[str, str]):
    Path(address).unlink(missing_ok=True)
    command = [sys.argv[1], "--bind", address]
    child = subprocess.Popen(command, env=os.environ | setting, stderr=subprocess.DEVNULL)
    try:
        while not Path(address).exists():
            time.sleep(0.05)
        yield
    finally:
        child.terminate()
        child.wait()


def _images(folder: Path):
    random = np.random.default_rng(7)
    side = images.TILE // SQUARE
    for depth, bands in (("u1", 1), ("u1", 3), ("u2", 1), ("u2", 3), ("f4", 1), ("f4", 3)):
        ranges = ((-2.0, 250.0),) * bands if depth == "f4" else None
        values = random.uniform(0, 256, (side, side, bands))
        values = values * 257 if depth == "u2" else values
        full = values.repeat(SQUARE, 0).repeat(SQUARE, 1).astype(depth)
        color = "rgb" if bands == 3 else "gray"
        image = Image(f"{depth}-{bands}.tif", [full], color, ranges=ranges)
        images._write(folder / image.name, image)
        yield image


def _difference(address: str, image: Image, chain: Chain) -> str:
    if chain.shade and image.bands == 1 or (chain.twist and image.bands == 1):
        return "-"
    commands = chain.commands()
    if chain.minmax:
        low, high = (7000.0, 50000.0) if image.depth == "u2" else (30.0, 180.0)
        chain = Chain(minmax=tuple((band, low, high) for band in range(image.bands)))
        commands = [f"MINMAX={band + 1}:{low},{high}" for band in range(image.bands)]
    query = "&".join([f"FIF={image.name}", *map(unquote, commands), "QLT=100", "JTL=0,0"])
    run = subprocess.run(
        ["cgi-fcgi", "-bind", "-connect", address],
        env={"PATH": "/usr/bin", "QUERY_STRING": query, "REQUEST_METHOD": "GET"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    _, _, body = run.stdout.partition(b"\r\n\r\n")
    if not body.startswith(b"\xff\xd8"):
        return "no picture"
    theirs = np.asarray(Pictures.open(io.BytesIO(body)))
    theirs = theirs[..., None] if theirs.ndim == 2 else theirs
    ours = chains.tile(image, chain, 0, 0).pixels
    if theirs.shape != ours.shape:
        return f"{theirs.shape}"
    apart = np.abs(theirs.astype(int) - ours)[SQUARE // 2 :: SQUARE, SQUARE // 2 :: SQUARE]
    return str(apart.max())


if __name__ == "__main__":
    main()
