// A list of any length of which only what is seen is in the page: a table, or a grid of cards.

import { make } from "./dom.js";

// Rows above and below what is seen, so that scrolling shows no gaps.
const margin = 4;

export class VirtualList {
  #host; #view; #body; #options; #items = new Map(); #count = 0;

  /**
   * `name` is read out; `rowHeight` in rem; `cardWidth` in rem makes it a grid; `head` are the columns' headings;
   * `draw(index)` gives the cells of an item and `key(index)` a text that differs when they would.
   */
  constructor(host, options) {
    this.#host = host;
    this.#options = options;
    this.#body = make("div", { class: "virtual-body", role: options.cardWidth ? "none" : "rowgroup" });
    this.#view = make("div", { class: `virtual ${options.className}`, role: options.cardWidth ? "list" : "table", tabIndex: 0, "aria-label": options.name },
      options.head && make("div", { class: "virtual-head", role: "rowgroup" }, make("div", { class: "virtual-row", role: "row" }, options.head)),
      this.#body);
    this.#view.addEventListener("scroll", () => this.#place(), { passive: true });
    this.#resized = new ResizeObserver(() => this.#place());
    this.#resized.observe(this.#view);
    host.replaceChildren(this.#view);
  }

  #resized;

  /** Shows what changed. */
  update(count) {
    this.#count = count;
    this.#host.hidden = count === 0;
    if (!this.#options.cardWidth) this.#view.setAttribute("aria-rowcount", count + (this.#options.head ? 1 : 0));
    this.#place();
  }

  toEnd() { this.#view.scrollTop = this.#view.scrollHeight; }

  remove() {
    this.#resized.disconnect();
    this.#host.replaceChildren();
  }

  #place() {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { rowHeight, cardWidth, draw, key } = this.#options;
    const height = rowHeight * rem, columns = cardWidth ? Math.max(1, Math.floor(this.#body.clientWidth / (cardWidth * rem))) : 1;
    this.#body.style.height = `${Math.ceil(this.#count / columns) * height}px`;
    const top = Math.max(0, Math.floor(this.#view.scrollTop / height) - margin);
    const bottom = Math.ceil((this.#view.scrollTop + this.#view.clientHeight) / height) + margin;
    const first = top * columns, end = Math.min(this.#count, bottom * columns);
    for (const [index, item] of this.#items)
      if (index < first || index >= end) { item.remove(); this.#items.delete(index); }
    for (let index = first; index < end; index++) {
      let item = this.#items.get(index);
      const now = key(index);
      if (!item) {
        item = cardWidth
          ? make("div", { class: "virtual-card", role: "listitem", "aria-posinset": index + 1 })
          : make("div", { class: "virtual-row", role: "row", "aria-rowindex": index + 2 });
        this.#items.set(index, item);
        this.#insert(index, item);
      }
      if (cardWidth) item.setAttribute("aria-setsize", this.#count);
      item.style.top = `${Math.floor(index / columns) * height}px`;
      item.style.height = `${height}px`;
      item.style.left = `${index % columns * 100 / columns}%`;
      item.style.width = `${100 / columns}%`;
      if (item.dataset.key === now) continue;
      item.dataset.key = now;
      item.replaceChildren(...draw(index));
    }
  }

  // In the order of the list, which is the order of reading.
  #insert(index, item) {
    let after = null;
    for (const [other, element] of this.#items) if (other > index && (after === null || other < after.other)) after = { other, element };
    this.#body.insertBefore(item, after?.element ?? null);
  }
}
