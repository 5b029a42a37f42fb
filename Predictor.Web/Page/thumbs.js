// Small pictures of files, made where they are seen, and never more than a few hundred.

import { boxColours } from "./answer.js";

const most = 300, side = 160, atOnce = 2;

/** `changed(row)` is called when there is one. */
export function thumbs(changed) {
  const urls = new Map();
  let wanted = [], busy = 0;

  async function work() {
    if (busy >= atOnce || wanted.length === 0) return;
    const row = wanted.shift();
    busy++;
    const url = await draw(row).catch(() => "");
    busy--;
    urls.set(row.index, url);
    for (const [index, old] of urls) {
      if (urls.size <= most) break;
      URL.revokeObjectURL(old);
      urls.delete(index);
    }
    changed(row);
    work();
  }

  return {
    /** The address of a row's, or null until it is made; "" where the browser can't show the file. */
    get(row) {
      const url = urls.get(row.index);
      if (url === undefined) {
        wanted = [row, ...wanted.filter(r => r !== row)].slice(0, 80); // what was asked for last is what is seen now
        work();
        return null;
      }
      urls.delete(row.index); // to the end: the least lately used is the first to go
      urls.set(row.index, url);
      return url;
    },
    clear() {
      wanted = [];
      for (const url of urls.values()) URL.revokeObjectURL(url);
      urls.clear();
    },
  };
}

async function draw(row) {
  const file = await row.file(), isWide = (row.width ?? 1) >= (row.height ?? 1);
  const picture = await createImageBitmap(file, { [isWide ? "resizeWidth" : "resizeHeight"]: side, resizeQuality: "medium" });
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  canvas.width = picture.width;
  canvas.height = picture.height;
  context.drawImage(picture, 0, 0);
  picture.close();
  const scale = canvas.width / row.width;
  for (const face of row.faces ?? []) {
    if (!face.box) continue;
    const box = [face.box.x, face.box.y, face.box.width, face.box.height].map(v => v * scale);
    for (const [width, colour] of [[4, "#000"], [2, boxColours[row.labels.indexOf(face.label) % boxColours.length]]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.strokeRect(...box);
    }
  }
  return URL.createObjectURL(await new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.75)));
}
