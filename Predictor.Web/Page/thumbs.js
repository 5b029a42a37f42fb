// Small pictures of files, made where they are seen, and never more than a few hundred.

import { boxColours } from "./answer.js";

const most = 300, side = 160, atOnce = 2;

export class Thumbs {
  #urls = new Map(); #wanted = []; #busy = 0; #changed;

  /** `changed(row)` when there is one. */
  constructor(changed) { this.#changed = changed; }

  /** The address of a row's, or null until it is made; "" where the browser can't show the file. */
  get(row) {
    const url = this.#urls.get(row.index);
    if (url === undefined) {
      this.#wanted = [row, ...this.#wanted.filter(r => r !== row)].slice(0, 80); // what was asked for last is what is seen now
      this.#work();
      return null;
    }
    this.#urls.delete(row.index); // to the end: the least lately used is the first to go
    this.#urls.set(row.index, url);
    return url;
  }

  clear() {
    this.#wanted = [];
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  async #work() {
    if (this.#busy >= atOnce) return;
    const row = this.#wanted.shift();
    if (!row) return;
    this.#busy++;
    const url = await draw(row).catch(() => "");
    this.#busy--;
    this.#urls.set(row.index, url);
    for (const [index, old] of this.#urls) {
      if (this.#urls.size <= most) break;
      URL.revokeObjectURL(old);
      this.#urls.delete(index);
    }
    this.#changed(row);
    this.#work();
  }
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
