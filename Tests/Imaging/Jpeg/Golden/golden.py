"""Makes NAME.jpg, and what Pillow (libjpeg-turbo) decodes from it: NAME.png, and for some NAME-2.png, -4.png, -8.png at reduced scales.

Run in this folder with Python 3, numpy and Pillow 9.4 or newer. Pillow writes the ordinary files; the odd ones come from the small
encoder below, which knows any sampling factors, restart intervals, separate scans, component identifiers and 16-bit tables.
"""
import glob
import io
import os
import struct

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 53
SEED = 20240607
REDUCED = ["grey", "444", "422", "420", "progressive-420", "440", "411", "mixed", "luma-subsampled", "ycck", "two-scans", "420-wide", "420-33x9",
           "grey-2x2", "420-16x16", "orientation6"]

ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, (i // 8 if (i // 8 + i % 8) % 2 else i % 8)))


def picture(channels, width=WIDTH, height=HEIGHT, noise=12, seed=SEED):
    """Smooth colours, an edge, a stripe pattern and some noise: every frequency and saturated samples occur."""
    random = np.random.default_rng(seed + channels + 1000 * width + height)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for c in range(channels):
        plane = 128 + 100 * np.sin(x / (5 + 3 * c) + c) * np.cos(y / (9 - c))
        plane[(x - 2 * y + 20 * c) % 31 < 9] += 90
        plane[(x + y) % 29 < 3] = 255 * (c % 2)
        planes.append(plane + random.normal(0, noise, plane.shape))
    pixels = np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)
    return pixels[:, :, 0] if channels == 1 else pixels


# --- a small encoder -------------------------------------------------------------------------------------------------------------

def typical_tables():
    """The DHT payloads that Pillow writes without optimisation, which are those of T.81, annex K."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    data, at, tables = buffer.getvalue(), 2, {}
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        payload = data[at + 4:at + 2 + length]
        while data[at + 1] == 0xC4 and payload:
            count = sum(payload[1:17])
            tables[payload[0]] = payload[:17 + count]
            payload = payload[17 + count:]
        at += 2 + length
    return tables


TABLES = typical_tables()


def codes(table):
    """Symbol to (code, length)."""
    result, code, at = {}, 0, 17
    for length in range(1, 17):
        for _ in range(table[length]):
            result[table[at]] = (code, length)
            code, at = code + 1, at + 1
        code <<= 1
    return result


CODES = {key: codes(table) for key, table in TABLES.items()}
COSINES = np.array([[np.sqrt((1 if u else 0.5) / 4) * np.cos((2 * x + 1) * u * np.pi / 16) for x in range(8)] for u in range(8)])


class Bits:
    def __init__(self):
        self.value, self.count, self.out = 0, 0, bytearray()

    def put(self, value, count):
        self.value, self.count = (self.value << count) | value, self.count + count
        while self.count >= 8:
            byte = (self.value >> (self.count - 8)) & 255
            self.out += bytes([byte, 0] if byte == 255 else [byte])
            self.count -= 8
        self.value &= (1 << self.count) - 1

    def flush(self):
        if self.count:
            self.put((1 << (8 - self.count)) - 1, 8 - self.count)


def put_value(bits, table, run, value):
    size = abs(int(value)).bit_length()
    bits.put(*CODES[table][run * 16 + size])
    if size:
        bits.put(int(value) if value > 0 else int(value) + (1 << size) - 1, size)


def put_block(bits, block, previous, luma):
    """A block of quantised coefficients in zigzag order."""
    dc, ac = (0, 0x10) if luma else (1, 0x11)
    put_value(bits, dc, 0, block[0] - previous)
    run = 0
    for k in range(1, 64):
        if block[k] == 0:
            run += 1
            continue
        while run > 15:
            bits.put(*CODES[ac][0xF0])
            run -= 16
        put_value(bits, ac, run, block[k])
        run = 0
    if run:
        bits.put(*CODES[ac][0])
    return block[0]


def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def encode(planes, factors, ids=None, restart=0, scans=None, apps=b"", wide_tables=False, between=b"", sof=0xC0, header_height=None,
           tail=b"\xff\xd9", step=6):
    """planes: full-size samples of each component; factors: their (h, v); scans: lists of component indices."""
    height, width = planes[0].shape
    most_h, most_v = max(h for h, _ in factors), max(v for _, v in factors)
    mcus_wide, mcus_high = -(-width // (8 * most_h)), -(-height // (8 * most_v))
    ids = ids or list(range(1, len(planes) + 1))
    steps = np.array([step + step * (i // 8 + i % 8) // 3 for i in range(64)])
    blocks, own = [], []
    for plane, (h, v) in zip(planes, factors):
        wide, high = -(-width * h // most_h), -(-height * v // most_v)
        # The mean over the area of each sample, at any ratio of factors.
        xs, ys = np.arange(wide + 1) * most_h / h, np.arange(high + 1) * most_v / v
        samples = np.array([[plane[min(int(ys[j]), height - 1):max(int(np.ceil(ys[j + 1])), 1), min(int(xs[i]), width - 1):max(int(np.ceil(xs[i + 1])), 1)].mean()
                             for i in range(wide)] for j in range(high)])
        samples = np.pad(samples, ((0, mcus_high * v * 8 - high), (0, mcus_wide * h * 8 - wide)), mode="edge") - 128
        tiles = samples.reshape(mcus_high * v, 8, mcus_wide * h, 8).transpose(0, 2, 1, 3)
        coefficients = np.rint((COSINES @ tiles @ COSINES.T).reshape(*tiles.shape[:2], 64) / steps).astype(int)
        blocks.append(coefficients[:, :, ZIGZAG])
        own.append((-(-wide // 8), -(-high // 8)))
    out = bytearray(b"\xff\xd8" + apps)
    if wide_tables:
        out += segment(0xDB, b"\x10" + b"".join(struct.pack(">H", steps[i]) for i in ZIGZAG))
    else:
        out += segment(0xDB, b"\x00" + bytes(int(steps[i]) for i in ZIGZAG))
    out += between
    out += segment(sof, struct.pack(">BHHB", 8, height if header_height is None else header_height, width, len(planes))
                   + b"".join(bytes([i, h * 16 + v, 0]) for i, (h, v) in zip(ids, factors)))
    for table in TABLES.values():
        out += between + segment(0xC4, table)
    if restart:
        out += segment(0xDD, struct.pack(">H", restart))
    for scan in scans or [list(range(len(planes)))]:
        out += segment(0xDA, bytes([len(scan)]) + b"".join(bytes([ids[c], 0 if c == 0 else 0x11]) for c in scan) + b"\x00\x3f\x00")
        if len(scan) == 1:
            wide, high = own[scan[0]]
            mcus = [[(scan[0], x, y)] for y in range(high) for x in range(wide)]
        else:
            mcus = [[(c, mx * factors[c][0] + x, my * factors[c][1] + y) for c in scan for y in range(factors[c][1]) for x in range(factors[c][0])]
                    for my in range(mcus_high) for mx in range(mcus_wide)]
        bits, previous = Bits(), [0] * len(planes)
        for number, mcu in enumerate(mcus):
            if restart and number and number % restart == 0:
                bits.flush()
                bits.out += bytes([0xFF, 0xD0 + (number // restart - 1) % 8])
                previous = [0] * len(planes)
            for c, x, y in mcu:
                previous[c] = put_block(bits, blocks[c][y, x], previous[c], c == 0)
        bits.flush()
        out += bits.out
        if header_height is not None:
            out += segment(0xDC, struct.pack(">H", height))
    return bytes(out) + tail


def ycc(width=WIDTH, height=HEIGHT):
    return list(np.moveaxis(np.asarray(Image.fromarray(picture(3, width, height)).convert("YCbCr")).astype(float), -1, 0))


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def orientation(value, big_endian):
    order = ">" if big_endian else "<"
    tiff = (b"MM" if big_endian else b"II") + struct.pack(order + "HI", 42, 8) + struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, value, 0, 0)
    return b"Exif\0\0" + tiff


# --- the files -------------------------------------------------------------------------------------------------------------------

def pillow(image, **settings):
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(buffer, "JPEG", **settings)
    return buffer.getvalue()


def files():
    colour, grey = picture(3), picture(1)
    yield "grey", pillow(grey, quality=85)
    yield "444", pillow(colour, quality=85, subsampling=0)
    yield "422", pillow(colour, quality=85, subsampling=1)
    yield "420", pillow(colour, quality=85, subsampling=2)
    yield "420-optimised", pillow(colour, quality=60, subsampling=2, optimize=True)
    yield "420-coarse", pillow(colour, quality=5, subsampling=2)
    yield "444-fine", pillow(picture(3, 24, 17, noise=60), quality=100, subsampling=0)
    yield "420-wide", pillow(picture(3, 150, 20), quality=75, subsampling=2)
    yield "progressive-grey", pillow(grey, quality=85, progressive=True)
    yield "progressive-444", pillow(colour, quality=90, subsampling=0, progressive=True)
    yield "progressive-420", pillow(colour, quality=75, subsampling=2, progressive=True)
    yield "cmyk", pillow(Image.fromarray(picture(4, 29, 21), "CMYK"), quality=85)
    yield "cmyk-progressive", pillow(Image.fromarray(picture(4, 29, 21), "CMYK"), quality=85, progressive=True)
    for width, height in (1, 1), (3, 40), (17, 1), (8, 8), (16, 16), (33, 9):
        yield f"420-{width}x{height}", pillow(picture(3, width, height), quality=85, subsampling=2)
    yield "422-4x5", pillow(picture(3, 4, 5), quality=85, subsampling=1)
    for value in range(1, 9):
        yield f"orientation{value}", pillow(picture(3, 27, 18), quality=75, exif=orientation(value, value % 2 == 0))
    one = (1, 1)
    yield "440", encode(ycc(), [(1, 2), one, one])
    yield "411", encode(ycc(), [(4, 1), one, one])
    yield "1x4", encode(ycc(), [(1, 4), one, one])
    yield "410", encode(ycc(), [(4, 2), one, one])
    yield "mixed", encode(ycc(), [(2, 2), (2, 1), (1, 2)])
    yield "luma-subsampled", encode(ycc(), [one, (2, 2), (2, 1)])
    yield "rgb-by-names", encode(list(np.moveaxis(colour.astype(float), -1, 0)), [one] * 3, ids=[82, 71, 66])
    yield "rgb-by-adobe", encode(list(np.moveaxis(colour.astype(float), -1, 0)), [(2, 1), one, one], apps=adobe(0))
    yield "ycck", encode([*ycc(), picture(1).astype(float)], [(2, 2), one, one, (2, 2)], apps=adobe(2))
    yield "cmyk-unmarked", encode([*ycc(), picture(1).astype(float)], [one] * 4)
    yield "restarts", encode(ycc(), [(2, 2), one, one], restart=2)
    yield "restarts-separate-scans", encode(ycc(), [(2, 1), one, one], restart=3, scans=[[0], [2], [1]])
    yield "two-scans", encode(ycc(), [(2, 2), one, one], scans=[[0], [1, 2]])
    yield "16-bit-table", encode(ycc(), [one] * 3, wide_tables=True, sof=0xC1)
    yield "fill-and-junk", encode(ycc(), [(2, 1), one, one], between=b"\xff\xff\xff\xfe\x00\x05abc\x00\x17junk")
    yield "grey-2x2", encode([grey.astype(float)], [(2, 2)])


def expected(data, scale):
    image = Image.open(io.BytesIO(data))
    if scale > 1:
        width, height = image.size
        image.draft(None, (width // scale, height // scale))
        if image.size != (-(-width // scale), -(-height // scale)):
            return None
    image.load()
    image = ImageOps.exif_transpose(image)
    return image.convert("RGB") if image.mode == "CMYK" else image


def main():
    for old in glob.glob("*.jpg") + glob.glob("*.png"):
        os.remove(old)
    for name, data in files():
        with open(f"{name}.jpg", "wb") as file:
            file.write(data)
        for scale in (1, 2, 4, 8):
            # Below a few samples a side Pillow chooses another scale than was asked for.
            image = expected(data, scale) if scale == 1 or name in REDUCED and min(Image.open(io.BytesIO(data)).size) >= 2 * scale else None
            if image is not None:
                image.save(f"{name}.png" if scale == 1 else f"{name}-{scale}.png", optimize=True)
    # Pillow wants the height in the frame header and an end marker; without them the picture is the same.
    for name, changes in ("height-comes-late", {"header_height": 0}), ("end-missing", {"tail": b""}):
        with open(f"{name}.jpg", "wb") as file:
            file.write(encode([picture(1).astype(float)], [(1, 1)], **changes))
        expected(encode([picture(1).astype(float)], [(1, 1)]), 1).save(f"{name}.png", optimize=True)


main()
