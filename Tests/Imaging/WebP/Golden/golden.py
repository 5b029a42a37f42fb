#!/usr/bin/env python3
"""Makes the WebP goldens beside this script: NAME.webp, and NAME.png with the pixels that Pillow (libwebp) decodes it to.

Needs Pillow (written with 9.4), numpy and the shared library libwebp 1.2 or later, which Pillow on Linux brings along: its
advanced interface is called directly, since Pillow itself offers neither filter types nor partitions nor segments.
"""
import ctypes as c
import ctypes.util
import io
import os
import struct

import numpy as np
from PIL import Image, ImageOps

FOLDER = os.path.dirname(os.path.abspath(__file__))
ABI = 0x020F
libwebp = c.CDLL(ctypes.util.find_library("webp") or "libwebp.so.7")


class Config(c.Structure):
    _fields_ = [(n, c.c_float if n in ("quality", "target_psnr") else c.c_int) for n in (
        "lossless quality method image_hint target_size target_psnr segments sns_strength filter_strength filter_sharpness "
        "filter_type autofilter alpha_compression alpha_filtering alpha_quality passes show_compressed preprocessing partitions "
        "partition_limit emulate_jpeg_size thread_level low_memory near_lossless exact delta_palette sharp_yuv qmin qmax").split()]


class Picture(c.Structure):
    _fields_ = (
        [(n, c.c_int) for n in ("use_argb", "colorspace", "width", "height")]
        + [(n, c.c_void_p) for n in "yuv"] + [("y_stride", c.c_int), ("uv_stride", c.c_int), ("a", c.c_void_p), ("a_stride", c.c_int)]
        + [("pad1", c.c_uint32 * 2), ("argb", c.c_void_p), ("argb_stride", c.c_int), ("pad2", c.c_uint32 * 3)]
        + [("writer", c.c_void_p), ("custom", c.c_void_p), ("extra_type", c.c_int), ("extra", c.c_void_p), ("stats", c.c_void_p)]
        + [("error", c.c_int), ("progress", c.c_void_p), ("user", c.c_void_p), ("pad3", c.c_uint32 * 3), ("pad4", c.c_void_p * 2)]
        + [("pad6", c.c_uint32 * 8), ("memory", c.c_void_p), ("memory_argb", c.c_void_p), ("pad7", c.c_void_p * 2)])


class Writer(c.Structure):
    _fields_ = [("memory", c.c_void_p), ("size", c.c_size_t), ("capacity", c.c_size_t), ("pad", c.c_uint32)]


def encode(pixels, quality=75, **settings):
    height, width, channels = pixels.shape
    config, picture, writer = Config(), Picture(), Writer()
    assert libwebp.WebPConfigInitInternal(c.byref(config), 0, c.c_float(quality), ABI)
    for name, value in settings.items():
        assert hasattr(config, name)
        setattr(config, name, value)
    assert libwebp.WebPValidateConfig(c.byref(config))
    assert libwebp.WebPPictureInitInternal(c.byref(picture), ABI)
    picture.width, picture.height, picture.use_argb = width, height, config.lossless
    load = libwebp.WebPPictureImportRGBA if channels == 4 else libwebp.WebPPictureImportRGB
    assert load(c.byref(picture), np.ascontiguousarray(pixels).tobytes(), width * channels)
    libwebp.WebPMemoryWriterInit(c.byref(writer))
    picture.writer, picture.custom = c.cast(libwebp.WebPMemoryWrite, c.c_void_p).value, c.addressof(writer)
    assert libwebp.WebPEncode(c.byref(config), c.byref(picture)), picture.error
    data = c.string_at(writer.memory, writer.size)
    libwebp.WebPMemoryWriterClear(c.byref(writer))
    libwebp.WebPPictureFree(c.byref(picture))
    return data


def chunk(name, payload):
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) & 1)


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def uint24(value):
    return struct.pack("<I", value)[:3]


def extended(width, height, flags):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + uint24(width - 1) + uint24(height - 1))


def body(file):
    """The chunks of a simple file: what follows the RIFF header."""
    return file[12:]


def scene(width, height, seed, alpha=False):
    """Soft shapes, an edge and some noise: every prediction mode finds work."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for _ in range(3):
        a, b, phase = random.uniform(0.02, 0.5, 2).tolist() + [random.uniform(0, 6)]
        plane = 128 + 70 * np.sin(a * x + b * y + phase) + 60 * ((x - width / 2) * random.normal() + (y - height / 2) > 0)
        planes.append(plane + random.normal(0, 6, plane.shape) * (x > width / 2))
    if alpha:
        planes.append(255 - 3 * np.hypot(x - width / 2, y - height / 2) * (x > 5))
    return np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)


def palette(width, height, colours, seed, alpha=False):
    random = np.random.default_rng(seed)
    table = random.integers(0, 256, (colours, 4 if alpha else 3), dtype=np.uint8)
    y, x = np.mgrid[0:height, 0:width]
    return table[((x // 3) * (y // 2) + random.integers(0, 2, (height, width))) % colours]


def lossy():
    for quality in (10, 75, 100):
        yield f"lossy-q{quality}", encode(scene(45, 37, 1), quality)
    for width, height in ((1, 1), (2, 3), (16, 16), (17, 1), (1, 33), (9, 64), (50, 18)):
        yield f"lossy-{width}x{height}", encode(scene(width, height, 2), 60)
    yield "lossy-noise", encode(np.random.default_rng(3).integers(0, 256, (40, 40, 3), dtype=np.uint8), 95)
    yield "lossy-whole-blocks-only", encode(scene(64, 48, 4), 50, method=0)
    yield "lossy-subblocks", encode(scene(64, 48, 5), 80, method=6)
    yield "lossy-segments", encode(scene(80, 64, 6), 40, segments=4, sns_strength=100)
    yield "lossy-8-partitions", encode(scene(40, 150, 7), 70, partitions=3)
    for sharpness in (0, 3, 7):
        yield f"lossy-simple-filter-sharpness{sharpness}", encode(scene(60, 50, 8), 15, filter_type=0, filter_strength=100, filter_sharpness=sharpness)
        yield f"lossy-normal-filter-sharpness{sharpness}", encode(scene(60, 50, 9), 15, filter_type=1, filter_strength=100, filter_sharpness=sharpness)
    yield "lossy-no-filter", encode(scene(60, 50, 10), 15, filter_strength=0)


def alpha():
    pixels = scene(41, 30, 11, alpha=True)
    yield "alpha-raw", encode(pixels, 60, alpha_compression=0)
    for filtering in range(3):
        yield f"alpha-filtering{filtering}", encode(pixels, 60, alpha_filtering=filtering)
    yield "alpha-levels-reduced", encode(pixels, 60, alpha_quality=40)
    opaque = body(encode(pixels[..., :3], 60))
    for filter_type in range(4):
        stored = bytes([filter_type << 2]) + np.random.default_rng(12).integers(0, 256, 41 * 30, dtype=np.uint8).tobytes()
        yield f"alpha-raw-filter{filter_type}", riff(extended(41, 30, 0x10), chunk(b"ALPH", stored), opaque)


def lossless():
    yield "lossless-scene", encode(scene(45, 37, 13), 75, lossless=1)
    yield "lossless-1x1", encode(scene(1, 1, 14), 75, lossless=1)
    yield "lossless-1x40", encode(scene(1, 40, 14), 75, lossless=1)
    yield "lossless-noise", encode(np.random.default_rng(15).integers(0, 256, (30, 30, 4), dtype=np.uint8), 50, lossless=1, exact=1)
    yield "lossless-alpha", encode(scene(33, 44, 16, alpha=True), 90, lossless=1)
    yield "lossless-method0", encode(scene(70, 50, 17), 0, lossless=1, method=0)
    # Large enough for prefix codes by place and a colour cache.
    yield "lossless-places", encode(np.concatenate([scene(160, 40, 18), palette(160, 40, 40, 19), scene(160, 40, 20) // 32 * 32]), 100, lossless=1, method=6)
    yield "lossless-near", encode(scene(60, 40, 21), 75, lossless=1, near_lossless=40)
    for colours in (1, 2, 3, 5, 16, 17, 256):
        yield f"lossless-{colours}-colours", encode(palette(37, 29, colours, 22), 75, lossless=1)
    yield "lossless-6-colours-alpha", encode(palette(37, 29, 6, 23, alpha=True), 75, lossless=1, exact=1)


def animation():
    def frame(x, y, width, height, payload, flags=0):
        header = uint24(x // 2) + uint24(y // 2) + uint24(width - 1) + uint24(height - 1) + uint24(100) + bytes([flags])
        return chunk(b"ANMF", header + payload)

    control = chunk(b"ANIM", struct.pack("<IH", 0xFF8040C0, 0))
    first, second = body(encode(scene(20, 14, 24), 70)), body(encode(scene(40, 30, 25), 70))
    yield "animation-offset-lossy", riff(extended(40, 30, 0x12), control, frame(12, 6, 20, 14, first), frame(0, 0, 40, 30, second))
    yield "animation-whole-canvas", riff(extended(40, 30, 0x02), control, frame(0, 0, 40, 30, second), frame(12, 6, 20, 14, first))
    clear = body(encode(scene(20, 14, 26, alpha=True), 70, lossless=1, exact=1))
    yield "animation-offset-lossless-alpha", riff(extended(40, 30, 0x12), control, frame(20, 16, 20, 14, clear))
    parts = body(encode(scene(20, 14, 27, alpha=True), 70))[18:]
    yield "animation-offset-lossy-alpha", riff(extended(40, 30, 0x12), control, frame(2, 0, 20, 14, parts, flags=2))


def exif():
    for orientation in range(1, 9):
        tags = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
        payload = tags if orientation % 2 else b"Exif\0\0" + tags
        coded = encode(scene(13, 9, 28), 80, lossless=orientation // 5)
        yield f"exif-orientation{orientation}", riff(extended(13, 9, 0x08), body(coded), chunk(b"EXIF", payload))


def main():
    for group in (lossy, alpha, lossless, animation, exif):
        for name, data in group():
            with open(os.path.join(FOLDER, f"{name}.webp"), "wb") as file:
                file.write(data)
            picture = Image.open(io.BytesIO(data))
            picture.load()
            ImageOps.exif_transpose(picture).save(os.path.join(FOLDER, f"{name}.png"), optimize=True)


if __name__ == "__main__":
    main()
