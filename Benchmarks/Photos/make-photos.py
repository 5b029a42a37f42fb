"""Photographs to decode: make-photos.py FACES OUT WIDTH HEIGHT QUALITY

Every PNG in FACES, a drawn grey face, becomes OUT/baseline/N.jpg and OUT/progressive/N.jpg, 4:2:0. The entropy is meant to be that
of a camera's JPEG: a soft background with texture at several scales, colour, blur that differs over the picture, and sensor noise
that grows with the light and is correlated between neighbours, as after demosaicing.
"""
import os
import sys

import numpy as np
from PIL import Image, ImageFilter

faces, out, width, height, quality = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])


def texture(random, cells, strength):
    """Smooth noise with about `cells` bumps along the width."""
    grid = random.integers(0, 256, (max(2, cells * height // width), cells), dtype=np.uint8)
    image = Image.fromarray(grid).resize((width, height), Image.BICUBIC)
    return (np.asarray(image, np.float32) - 127.5) * (strength / 127.5)


def photograph(face, random):
    light = 110 + texture(random, 3, 60) + texture(random, 40, 18) + texture(random, 250, 9)
    fine = texture(random, 1100, 24)
    side = int(height * random.uniform(0.55, 0.85))
    left, top = int(random.uniform(0, width - side)), int(random.uniform(0, height - side))
    grey = np.asarray(face.resize((side, side), Image.BICUBIC), np.float32)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    soft = np.clip((0.5 - np.sqrt(x * x + y * y)) * 12, 0, 1)
    window = light[top:top + side, left:left + side]
    window += soft * (grey - window)
    # Fine texture (hair, cloth, grass) stands in one part of the picture, out of focus in the other.
    light += fine * np.clip((texture(random, 4, 1) + 0.3) * 2, 0, 1)
    tints = [1 + texture(random, 3, 0.18) for _ in range(3)]
    channels = []
    for tint in tints:
        plane = np.clip(light * tint, 0, 255)
        noise = random.standard_normal((height, width), dtype=np.float32)
        noise[:, 1:] = 0.7 * noise[:, 1:] + 0.5 * noise[:, :-1]
        noise[1:] = 0.7 * noise[1:] + 0.5 * noise[:-1]
        channels.append(np.clip(plane + noise * (2 + 0.03 * plane), 0, 255).astype(np.uint8))
    return Image.fromarray(np.stack(channels, 2)).filter(ImageFilter.UnsharpMask(1.2, 40, 0))


for kind in ("baseline", "progressive"):
    os.makedirs(os.path.join(out, kind), exist_ok=True)
for number, name in enumerate(sorted(os.listdir(faces))):
    picture = photograph(Image.open(os.path.join(faces, name)), np.random.default_rng(number))
    for kind in ("baseline", "progressive"):
        picture.save(os.path.join(out, kind, f"{number}.jpg"), quality=quality, subsampling=2, progressive=kind == "progressive")
