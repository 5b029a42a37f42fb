"""Makes luma.json: what Pillow (libjpeg-turbo) decodes from NAME.jpg here when it is asked for grey, draft("L"), at 1/1, 1/2, 1/4 and 1/8.

NAME: {SCALE: [width, height, SHA-256 of the samples]}. Only of colour pictures that store a luma. Run in this folder after golden.py.
"""
import glob
import hashlib
import json

from PIL import Image, ImageOps, UnidentifiedImageError

expected = {}
for path in sorted(set(glob.glob("*.jpg")) - set(glob.glob("rgb*.jpg"))):
    sizes = {}
    for scale in (1, 2, 4, 8):
        try:
            image = Image.open(path)
        except UnidentifiedImageError:
            continue
        if image.mode != "RGB" or image.info.get("adobe_transform") == 0:
            continue
        image.draft("L", None if scale == 1 else (max(1, image.width // scale), max(1, image.height // scale)))
        if image.mode != "L":
            continue
        image = ImageOps.exif_transpose(image)
        if [image.width, image.height] not in [size[:2] for size in sizes.values()]:
            sizes[scale] = [image.width, image.height, hashlib.sha256(image.tobytes()).hexdigest()]
    if sizes:
        expected[path[:-4]] = sizes
with open("luma.json", "w", newline="\n") as file:
    json.dump(expected, file, indent=0)
    file.write("\n")
