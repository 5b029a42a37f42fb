"""Writes resize.json: Pillow's resize, crop, pad and luma of two seeded pictures. Needs Pillow and numpy; run it in this folder."""
import base64
import json

import numpy as np
import PIL
from PIL import Image, ImageOps

rng = np.random.default_rng(20240917)


def encode(image):
    return base64.b64encode(image.tobytes()).decode()


def picture(width, height):
    """Waves, an edge and noise: smooth and hard transitions."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 120 * np.sin(x / (3 + c) + y / (5 - c) + c) for c in range(3)]
    rgb = np.stack(waves, -1) + rng.normal(0, 25, (height, width, 3))
    rgb[height // 3 : height // 2, width // 4 : width // 2] = rng.integers(0, 2, 3) * 255
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


sources = {"small": picture(61, 47), "wide": picture(701, 9), "tall": picture(7, 530)}
sources["grey"] = sources["small"].convert("L")

resizes = []
for name, size, box in [
    ("small", (61, 47), None),
    ("small", (20, 47), None),
    ("small", (61, 11), None),
    ("small", (7, 5), None),
    ("small", (1, 1), None),
    ("small", (60, 46), None),
    ("small", (97, 131), None),
    ("small", (48, 48), None),
    ("small", (24, 24), (3.25, 1.5, 55.75, 41.125)),
    ("small", (24, 24), (10, 10, 12.5, 11.25)),
    ("small", (61, 47), (0.5, 0.5, 60.5, 46.5)),
    ("grey", (48, 48), None),
    ("grey", (3, 3), None),
    ("grey", (123, 17), None),
    ("grey", (30, 30), (7.7, 0, 53.1, 47)),
    ("wide", (16, 16), None),
    ("wide", (3, 9), None),
    ("tall", (16, 4), None),
]:
    resized = sources[name].resize(size, Image.BILINEAR, box=box)
    resizes.append({"source": name, "width": size[0], "height": size[1], "box": box, "pixels": encode(resized)})

preparations = []
for name, size, channels, mode in [
    ("small", (24, 24), 1, "Stretch"),
    ("small", (24, 24), 3, "CentreCrop"),
    ("small", (33, 12), 1, "CentreCrop"),
    ("wide", (24, 16), 3, "CentreCrop"),
    ("tall", (16, 24), 1, "CentreCrop"),
    ("small", (24, 24), 3, "Pad"),
    ("small", (25, 12), 1, "Pad"),
    ("wide", (90, 24), 1, "Pad"),
    ("tall", (24, 97), 3, "Pad"),
    ("grey", (21, 24), 3, "Stretch"),
    ("grey", (24, 24), 3, "Pad"),
]:
    image = sources[name].convert("L") if channels == 1 else sources[name]
    if mode == "Stretch":
        image = image.resize(size, Image.BILINEAR)
    elif mode == "CentreCrop":
        image = ImageOps.fit(image, size, Image.BILINEAR)
    else:
        image = ImageOps.pad(image, size, Image.BILINEAR, color=77 if image.mode == "L" else (77, 77, 77))
    image = image.convert("L" if channels == 1 else "RGB")
    preparations.append({"source": name, "width": size[0], "height": size[1], "channels": channels, "mode": mode, "pixels": encode(image)})

golden = {
    "pillow": PIL.__version__,
    "sources": {k: {"width": v.width, "height": v.height, "channels": len(v.getbands()), "pixels": encode(v)} for k, v in sources.items()},
    "luma": encode(sources["small"].convert("L")),
    "resizes": resizes,
    "preparations": preparations,
}
with open("resize.json", "w") as f:
    json.dump(golden, f, indent=1)
    f.write("\n")
