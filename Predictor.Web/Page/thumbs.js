// Small pictures of files, made where they are seen, and never more than a few hundred.

import { boxColours } from "./answer.js";
import { drawn, jpegOf } from "./dom.js";

const most = 300, side = 160, atOnce = 2;

/** `changed(row)` is called when there is one. */
export function thumbs(changed) {
  const urls = new Map();
  let wanted = [], busy = 0;

  async function work() {
    if (busy >= atOnce || wanted.length === 0) return;
    const row = wanted.shift();
    busy++;
    urls.set(row, null);
    const url = await draw(row).catch(() => "");
    busy--;
    if (urls.has(row)) urls.set(row, url);
    else URL.revokeObjectURL(url); // nobody wants it any more
    for (const [other, old] of urls) {
      if (urls.size <= most) break;
      URL.revokeObjectURL(old);
      urls.delete(other);
    }
    changed(row);
    work();
  }

  return {
    /** The address of a row's, or null until it is made; "" where the browser can't show the file. */
    get(row) {
      const url = urls.get(row);
      if (url === undefined) {
        wanted = [row, ...wanted.filter(r => r !== row)].slice(0, 80); // what was asked for last is what is seen now
        work();
        return null;
      }
      urls.delete(row); // to the end: the least lately used is the first to go
      urls.set(row, url);
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
  const isWide = (row.width ?? 1) >= (row.height ?? 1);
  const picture = await createImageBitmap(await row.file(), { [isWide ? "resizeWidth" : "resizeHeight"]: side, resizeQuality: "medium" });
  const canvas = drawn(picture, picture.width, picture.height), context = canvas.getContext("2d"), scale = canvas.width / row.width;
  picture.close();
  for (const { box, label } of row.faces.filter(f => f.box))
    for (const [width, colour] of [[4, "#000"], [2, boxColours[row.labels.indexOf(label) % boxColours.length]]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale);
    }
  return URL.createObjectURL(await jpegOf(canvas, 0.75));
}
