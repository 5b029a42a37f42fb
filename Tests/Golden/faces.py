"""Writes faces.json: squares cut by Pillow, out of pictures whose border is repeated. Needs Pillow and numpy; run it in this folder."""
import base64
import json

import numpy as np
import PIL
from PIL import Image

rng = np.random.default_rng(20261130)
BORDER = 200


def encode(image):
    return base64.b64encode(image.tobytes()).decode()


def picture(width, height):
    """Waves, an edge and noise: smooth and hard transitions."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 120 * np.sin(x / (3 + c) + y / (5 - c) + c) for c in range(3)]
    rgb = np.stack(waves, -1) + rng.normal(0, 25, (height, width, 3))
    rgb[height // 3 : height // 2, width // 4 : width // 2] = rng.integers(0, 2, 3) * 255
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


colour = picture(97, 71)
sources = {"colour": colour, "grey": colour.convert("L")}

crops = []
for name, box, scale, side in [
    ("grey", (20.25, 10.5, 30, 40), 1, 48),  # inside, enlarged
    ("grey", (10, 5.125, 50.5, 62.25), 1, 24),  # inside, reduced
    ("grey", (40, 12, 20, 24), 1, 24),  # inside, as it is
    ("grey", (-9.5, -12.25, 40, 50), 1, 32),  # over the upper left corner
    ("grey", (70, 40, 44.5, 60), 1, 48),  # over the lower right corner
    ("grey", (30, 20, 30, 36), 4, 48),  # the whole picture and more on every side
    ("grey", (88.5, 60, 60, 80.25), 1, 16),  # little of the picture is in it
    ("colour", (20.25, 10.5, 30, 40), 1.125, 48),
    ("colour", (-9.5, -12.25, 40, 50), 0.875, 32),
    ("colour", (70, 40, 44.5, 60), 1, 17),
    ("colour", (30, 20, 30, 36), 4, 48),
]:
    x, y, width, height = box
    half = height * scale / 2
    cx, cy = x + width / 2 + BORDER, y + height / 2 + BORDER
    padding = ((BORDER, BORDER), (BORDER, BORDER)) + (((0, 0),) if name == "colour" else ())
    padded = Image.fromarray(np.pad(np.asarray(sources[name]), padding, mode="edge"))
    cut = padded.resize((side, side), Image.BILINEAR, box=(cx - half, cy - half, cx + half, cy + half))
    crops.append({"source": name, "box": box, "scale": scale, "side": side, "pixels": encode(cut)})

golden = {
    "pillow": PIL.__version__,
    "sources": {k: {"width": v.width, "height": v.height, "channels": len(v.getbands()), "pixels": encode(v)} for k, v in sources.items()},
    "crops": crops,
}
with open("faces.json", "w") as f:
    json.dump(golden, f, indent=1)
    f.write("\n")
