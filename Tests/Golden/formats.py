"""Writes formats.json: small files of every kind of PNG, BMP, GIF and PNM with the pixels that a decoder must find.

Files are encoded here by hand from known samples, or by Pillow; where Pillow can read a file, it is asked too.
Needs Pillow and numpy; run it in this folder.
"""
import base64
import io
import json
import struct
import zlib

import numpy as np
from PIL import Image

rng = np.random.default_rng(7)
W, H = 13, 11
cases = []


def add(name, data, expected, pillow_reads=True):
    """expected: [H, W, 1 or 3] as ImageReader gives it, alpha laid over white."""
    expected = np.asarray(expected, np.uint8)
    if expected.ndim == 2:
        expected = expected[..., None]
    if pillow_reads:
        with Image.open(io.BytesIO(data)) as image:
            image = image.convert("RGBA")
            seen = over_white(np.asarray(image))
        wanted = np.broadcast_to(expected, seen.shape)
        # Pillow cuts 16 bits to 8, both colour and alpha, and stretches 5 bits by repetition.
        assert np.abs(seen.astype(int) - wanted).max() <= (2 if "16 bits" in name else 1), name
    cases.append({
        "name": name, "file": base64.b64encode(data).decode(), "width": expected.shape[1], "height": expected.shape[0],
        "channels": expected.shape[2], "pixels": base64.b64encode(expected.tobytes()).decode()})


def over_white(rgba):
    a = rgba[..., 3:].astype(int)
    return ((rgba[..., :3] * a + 255 * (255 - a) + 127) // 255).astype(np.uint8)


def stretch(samples, depth):
    top = (1 << depth) - 1
    return (samples.astype(np.int64) * 255 + top // 2) // top


def bits_of(samples, depth):
    """Rows of samples, highest bit first, padded to bytes."""
    flat = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        return flat.astype(">u2").view(np.uint8).reshape(flat.shape[0], -1)
    expanded = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(expanded.reshape(flat.shape[0], -1).astype(np.uint8), axis=1)


# ---------------------------------------------------------------- PNG

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def filtered(rows, step):
    out = bytearray()
    above = np.zeros(rows.shape[1], int)
    for y, row in enumerate(rows.astype(int)):
        kind = int(rng.integers(0, 5))
        left = np.concatenate([np.zeros(step, int), row[:-step]]) if len(row) > step else np.zeros(len(row), int)
        corner = np.concatenate([np.zeros(step, int), above[:-step]]) if len(row) > step else np.zeros(len(row), int)
        if kind == 4:
            p = left + above - corner
            pa, pb, pc = abs(p - left), abs(p - above), abs(p - corner)
            predictor = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, above, corner))
        else:
            predictor = [0, left, above, (left + above) // 2][kind]
        out += bytes([kind]) + ((row - predictor) & 255).astype(np.uint8).tobytes()
        above = row
    return bytes(out)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, colour, depth, interlaced=False, extra=b"", pieces=1):
    """samples: [H, W, samples a pixel]."""
    h, w, n = samples.shape
    step = max(1, n * depth // 8)
    parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [samples]
    raw = b"".join(filtered(bits_of(p, depth), step) for p in parts if p.size)
    data = zlib.compress(raw)
    cut = np.linspace(0, len(data), pieces + 1).astype(int)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, interlaced)) + extra
            + b"".join(chunk(b"IDAT", data[a:b]) for a, b in zip(cut, cut[1:])) + chunk(b"IEND", b""))


for depth in (1, 2, 4, 8, 16):
    for interlaced in (False, True):
        how = f"{depth} bits{' interlaced' if interlaced else ''}"
        top = 1 << depth
        grey = rng.integers(0, top, (H, W, 1))
        # Pillow reads 16-bit grey as integers that convert() clips.
        add(f"PNG grey {how}", png(grey, 0, depth, interlaced), stretch(grey, depth), pillow_reads=depth < 16)
        key = int(grey[3, 4, 0])
        shown = np.where(grey == key, 255, stretch(grey, depth))
        add(f"PNG grey key {how}", png(grey, 0, depth, interlaced, chunk(b"tRNS", struct.pack(">H", key))), np.repeat(shown, 3, 2), pillow_reads=depth == 8)  # it forgets to stretch the key
        if depth <= 8:
            palette = rng.integers(0, 256, (min(top, 200), 3), dtype=np.uint8)
            index = rng.integers(0, len(palette), (H, W, 1))
            alpha = rng.integers(0, 256, max(1, len(palette) // 2), dtype=np.uint8)
            add(f"PNG palette {how}", png(index, 3, depth, interlaced, chunk(b"PLTE", palette.tobytes())), palette[index[..., 0]])
            rgba = np.concatenate([palette, np.full((len(palette), 1), 255, np.uint8)], 1)
            rgba[: len(alpha), 3] = alpha
            add(f"PNG palette alpha {how}", png(index, 3, depth, interlaced, chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", alpha.tobytes())), over_white(rgba[index[..., 0]]))
        if depth >= 8:
            rgb = rng.integers(0, top, (H, W, 3))
            add(f"PNG RGB {how}", png(rgb, 2, depth, interlaced, pieces=3), stretch(rgb, depth))
            key = rgb[5, 6]
            hidden = (rgb == key).all(-1, keepdims=True)
            add(f"PNG RGB key {how}", png(rgb, 2, depth, interlaced, chunk(b"tRNS", struct.pack(">HHH", *key))), np.where(hidden, 255, stretch(rgb, depth)), pillow_reads=depth == 8)
            ga = rng.integers(0, top, (H, W, 2))
            eight = stretch(ga, depth)
            add(f"PNG grey alpha {how}", png(ga, 4, depth, interlaced), over_white(eight[..., [0, 0, 0, 1]]))
            rgba = rng.integers(0, top, (H, W, 4))
            add(f"PNG RGBA {how}", png(rgba, 6, depth, interlaced), over_white(stretch(rgba, depth)))

rgb = rng.integers(0, 256, (H, W, 3))
exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
add("PNG eXIf orientation 6", png(rgb, 2, 8, extra=chunk(b"eXIf", exif)), np.rot90(rgb, -1), pillow_reads=False)
for size in ((1, 1), (1, 9), (5, 3), (8, 8)):
    small = rng.integers(0, 4, (size[1], size[0], 1))
    add(f"PNG interlaced {size[0]}x{size[1]}", png(small, 0, 2, True), stretch(small, 2))

# ---------------------------------------------------------------- BMP

def bmp(header, pixels, palette=b"", after_header=b""):
    offset = 14 + len(header) + len(after_header) + len(palette)
    return struct.pack("<2sIII", b"BM", offset + len(pixels), 0, offset) + header + after_header + palette + pixels


def info(w, h, bits, compression=0, size=40, colours=0, masks=b""):
    return (struct.pack("<IiiHHIIiiII", size, w, h, 1, bits, compression, 0, 0, 0, colours, 0) + masks).ljust(size, b"\0")


def rows(packed):
    return b"".join(r.tobytes() + b"\0" * (-len(r) % 4) for r in packed)


palette = rng.integers(0, 256, (256, 3), dtype=np.uint8)
quads = np.concatenate([palette[:, ::-1], np.zeros((256, 1), np.uint8)], 1)
for bits in (1, 2, 4, 8):
    index = rng.integers(0, 1 << bits, (H, W))
    packed, n = bits_of(index, bits), 1 << bits
    ok = bits != 2  # Pillow knows no 2 bits
    add(f"BMP {bits} bits", bmp(info(W, H, bits), rows(packed[::-1]), quads[:n].tobytes()), palette[index], ok)
    add(f"BMP {bits} bits top-down", bmp(info(W, -H, bits), rows(packed), quads[:n].tobytes()), palette[index], ok)
    core = struct.pack("<IHHHH", 12, W, H, 1, bits)
    add(f"BMP {bits} bits OS/2", bmp(core, rows(packed[::-1]), palette[:n, ::-1].tobytes()), palette[index], ok)
    os2 = info(W, H, bits, size=64)
    add(f"BMP {bits} bits OS/2 2", bmp(os2, rows(packed[::-1]), quads[:n].tobytes()), palette[index], ok)
index = rng.integers(0, 5, (H, W))
add("BMP 8 bits, 5 colours", bmp(info(W, H, 8, colours=5), rows(index.astype(np.uint8)[::-1]), quads[:5].tobytes()), palette[index])
rgb = rng.integers(0, 256, (H, W, 3), dtype=np.uint8)
add("BMP 24 bits", bmp(info(W, H, 24), rows(rgb[::-1, :, ::-1].reshape(H, -1))), rgb)
four = np.concatenate([rgb[..., ::-1], rng.integers(0, 256, (H, W, 1), dtype=np.uint8)], 2)
add("BMP 32 bits", bmp(info(W, H, 32), rows(four[::-1].reshape(H, -1))), rgb)
add("BMP 32 bits version 5", bmp(info(W, -H, 32, size=124), rows(four.reshape(H, -1))), rgb)
words = rng.integers(0, 1 << 15, (H, W))
fives = np.stack([words >> 10 & 31, words >> 5 & 31, words & 31], -1)
add("BMP 16 bits", bmp(info(W, H, 16), rows(words[::-1].astype("<u2").view(np.uint8).reshape(H, -1))), stretch(fives, 5))


def bit_fields(name, bits, masks, size, pillow_reads=False):
    """masks: (shift, width) of red, green, blue and perhaps alpha."""
    samples = [rng.integers(0, 1 << width, (H, W)) for _, width in masks]
    words = sum(s.astype(np.int64) << shift for s, (shift, _) in zip(samples, masks))
    data = rows(words[::-1].astype("<u2" if bits == 16 else "<u4").view(np.uint8).reshape(H, -1))
    packed = struct.pack(f"<{len(masks)}I", *(((1 << width) - 1) << shift for shift, width in masks))
    eight = np.stack([stretch(s, width) for s, (_, width) in zip(samples, masks)], -1)
    kind = 6 if size == 40 and len(masks) == 4 else 3
    header = info(W, H, bits, kind, size, masks=packed if size > 40 else b"")
    add(name, bmp(header, data, after_header=packed if size == 40 else b""), over_white(eight) if len(masks) == 4 else eight, pillow_reads)


bit_fields("BMP bit fields 565", 16, [(11, 5), (5, 6), (0, 5)], 40, True)
bit_fields("BMP bit fields 4444", 16, [(8, 4), (4, 4), (0, 4), (12, 4)], 56)
bit_fields("BMP bit fields 1-9-2-4", 16, [(7, 9), (5, 2), (1, 4), (0, 1)], 108)
bit_fields("BMP bit fields 11-11-10", 32, [(21, 11), (10, 11), (0, 10)], 52)
bit_fields("BMP bit fields 8888", 32, [(16, 8), (8, 8), (0, 8), (24, 8)], 124, True)
bit_fields("BMP bit fields ABGR after the header", 32, [(24, 8), (16, 8), (8, 8), (0, 8)], 40)
no_alpha = four.copy()
no_alpha[..., 3] = 0
add("BMP alpha mask without alpha", bmp(info(W, H, 32, 3, 56, masks=struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)), rows(no_alpha[::-1].reshape(H, -1))), rgb, False)


def rle(index, bits):
    """Runs and literals at random; ends with an end mark."""
    out = bytearray()
    for row in index[::-1]:
        x = 0
        while x < len(row):
            period, run = (2 if bits == 4 else 1), 1  # a run of RLE4 alternates between two values
            while x + run < len(row) and (run < period or row[x + run] == row[x + run - period]):
                run += 1
            left = len(row) - x
            if left >= 3 and run < 4:
                n = min(left, int(rng.integers(3, 9)))
                out += bytes([0, n])
                values = row[x : x + n]
                packed = values.astype(np.uint8).tobytes() if bits == 8 else bytes(bits_of(values[None], 4)[0])
                out += packed + b"\0" * (len(packed) % 2)
                x += n
            else:
                second = row[x + 1] if run > 1 else 0
                out += bytes([run, row[x] if bits == 8 else row[x] << 4 | second])
                x += run
        out += b"\0\0"
    return bytes(out[:-2] + b"\0\1")


index = np.repeat(rng.integers(0, 256, (H, 4)), [1, 5, 4, 3], 1)
add("BMP RLE8", bmp(info(W, H, 8, 1), rle(index, 8), quads.tobytes()), palette[index], False)
index = np.repeat(rng.integers(0, 16, (H, 5)), [1, 1, 6, 4, 1], 1)
add("BMP RLE4", bmp(info(W, H, 4, 2), rle(index, 4), quads[:16].tobytes()), palette[index], False)
# Row 0 (bottom): three pixels of 7; a jump by (2, 1); two of 9; the end. The rest is transparent, hence white.
jump = np.full((3, 6, 3), 255, np.uint8)
jump[2, :3], jump[1, 5:6] = palette[7], palette[9]
add("BMP RLE8 with a jump, cut at the row's end", bmp(info(6, 3, 8, 1), bytes([3, 7, 0, 2, 2, 1, 2, 9, 0, 1]), quads.tobytes()), jump, False)
line = rng.integers(0, 256, (1, 4, 3), dtype=np.uint8)
line[0, :2] = line[0, 0]
runs = bytes([2, *line[0, 0, ::-1]]) + bytes([1, *line[0, 2, ::-1]]) + bytes([1, *line[0, 3, ::-1], 0, 1])
add("BMP RLE24 of OS/2", bmp(info(4, 1, 24, 4, size=64), runs), line, False)

# ---------------------------------------------------------------- GIF

def lzw(index, root, clear_every=None):
    """Codes of a growing dictionary, as GIF wants them."""
    clear, end = 1 << root, (1 << root) + 1
    out, bits, held = bytearray(), 0, 0

    def put(code, width):
        nonlocal bits, held
        bits |= code << held
        held += width
        while held >= 8:
            out.append(bits & 255)
            bits >>= 8
            held -= 8

    table, width, prefix = {(i,): i for i in range(clear)}, root + 1, ()
    put(clear, width)
    for count, i in enumerate(int(v) for v in index.ravel()):
        if prefix + (i,) in table:
            prefix += (i,)
            continue
        put(table[prefix], width)
        n = len(table) + 2
        if n < 4096:
            table[prefix + (i,)] = n
            if n == 1 << width and width < 12:
                width += 1
        if clear_every and count % clear_every == clear_every - 1:
            put(clear, width)
            table, width = {(i,): i for i in range(clear)}, root + 1
        prefix = (i,)
    put(table[prefix], width)
    put(end, width)
    put(0, 7)
    return bytes(out)


def gif(index, colours, screen=None, at=(0, 0), transparent=None, interlaced=False, local=False, root=None, clear_every=None, comment=False):
    h, w = index.shape
    size = max(1, int(np.ceil(np.log2(len(colours)))))
    table = colours.tobytes().ljust(3 << size, b"\0")
    sw, sh = screen or (w, h)
    out = b"GIF89a" + struct.pack("<HHBBB", sw, sh, 0 if local else 0x80 | size - 1, 0, 0) + (b"" if local else table)
    if comment:
        out += b"\x21\xfe\x05hello\x00"
    if transparent is not None:
        out += b"\x21\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    out += b"\x2c" + struct.pack("<HHHHB", *at, w, h, (0x80 | size - 1 if local else 0) | (0x40 if interlaced else 0)) + (table if local else b"")
    order = np.concatenate([np.arange(a, h, s) for a, s in ((0, 8), (4, 8), (2, 4), (1, 2))]) if interlaced else np.arange(h)
    data = lzw(index[order], root or max(2, size), clear_every)
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    return out + bytes([root or max(2, size)]) + blocks + b"\0\x3b"


colours = rng.integers(0, 256, (256, 3), dtype=np.uint8)
for n in (2, 4, 16, 256):
    index = rng.integers(0, n, (H, W))
    add(f"GIF {n} colours", gif(index, colours[:n]), colours[index])
index = rng.integers(0, 16, (H, W))
add("GIF interlaced", gif(index, colours[:16], interlaced=True), colours[index])
add("GIF local palette and comment", gif(index, colours[:16], local=True, comment=True), colours[index])
add("GIF transparent", gif(index, colours[:16], transparent=3), np.where((index == 3)[..., None], 255, colours[index]))
framed = np.full((20, 18, 3), 255, np.uint8)
framed[4 : 4 + H, 2 : 2 + W] = np.where((index == 3)[..., None], 255, colours[index])
add("GIF on a larger screen", gif(index, colours[:16], screen=(18, 20), at=(2, 4), transparent=3), framed, False)
add("GIF over the edge of its screen", gif(index, colours[:16], screen=(8, 7), at=(3, 2)), np.pad(colours[index][:5, :5], ((2, 0), (3, 0), (0, 0)), constant_values=255), False)
add("GIF without a screen", gif(index, colours[:16], screen=(0, 0)), colours[index], False)
add("GIF with clear codes", gif(index, colours[:16], clear_every=20), colours[index])
flat = np.zeros((40, 60), int)
add("GIF of one colour", gif(flat, colours[:2]), colours[flat])
# A dictionary of 4096 codes that is never cleared.
noise = rng.integers(0, 64, (72, 80))
add("GIF with a full dictionary", gif(noise, colours[:64] // 64 * 64), (colours[:64] // 64 * 64)[noise])

# ---------------------------------------------------------------- PNM

bits = rng.integers(0, 2, (H, W))
add("PNM P1", f"P1\n# a comment\n{W} {H}\n".encode() + "\n".join("".join(map(str, r)) for r in bits).encode(), (1 - bits) * 255)
add("PNM P4", f"P4 {W} {H}\n".encode() + bits_of(bits, 1).tobytes(), (1 - bits) * 255)
grey = rng.integers(0, 256, (H, W))
add("PNM P2", f"P2\n{W} {H} 255\n".encode() + " ".join(map(str, grey.ravel())).encode(), grey)
add("PNM P5", f"P5\n{W}#width\n{H}\n255\n".encode() + grey.astype(np.uint8).tobytes(), grey, False)
low = rng.integers(0, 32, (H, W))
add("PNM P5 maxval 31", f"P5 {W} {H} 31\n".encode() + low.astype(np.uint8).tobytes(), stretch(low, 5))
deep = rng.integers(0, 65536, (H, W))
add("PNM P5 16 bits", f"P5 {W} {H} 65535\n".encode() + deep.astype(">u2").tobytes(), stretch(deep, 16), False)
rgb = rng.integers(0, 256, (H, W, 3))
add("PNM P3", f"P3\n{W} {H}\n# comment\n255\n".encode() + " ".join(map(str, rgb.ravel())).encode(), rgb)
add("PNM P6", f"P6\n{W} {H}\n255\n".encode() + rgb.astype(np.uint8).tobytes(), rgb)
deep = rng.integers(0, 1024, (H, W, 3))
add("PNM P6 maxval 1023", f"P6 {W} {H} 1023\n".encode() + deep.astype(">u2").tobytes(), stretch(deep, 10))
rgba = rng.integers(0, 256, (H, W, 4), dtype=np.uint8)
pam = "P7\nWIDTH {}\nHEIGHT {}\nDEPTH {}\nMAXVAL 255\nTUPLTYPE {}\nENDHDR\n"
add("PNM P7 RGBA", pam.format(W, H, 4, "RGB_ALPHA").encode() + rgba.tobytes(), over_white(rgba), False)
add("PNM P7 grey alpha", pam.format(W, H, 2, "GRAYSCALE_ALPHA").encode() + rgba[..., :2].tobytes(), over_white(rgba[..., [0, 0, 0, 1]]), False)
add("PNM P7 RGB", pam.format(W, H, 3, "RGB").encode() + rgba[..., :3].tobytes(), rgba[..., :3], False)

with open("formats.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(len(cases), "cases")
