// A list of any length of which only what is seen is in the page: a table, or a grid of cards.

import { make, on, percent } from "./dom.js";

// Rows above and below what is seen, so that scrolling shows no gaps.
const margin = 4;

/**
 * `name` is read out; `rowHeight` in rem; `cardWidth` in rem makes it a grid; `head` are the columns' headings;
 * `draw(index)` gives the cells of an item and `key(index)` a text that differs when they would.
 */
export function virtualList(host, { name, look, rowHeight, cardWidth, head, draw, key }) {
  const body = make("div.virtual-body", { role: cardWidth ? "none" : "rowgroup" }), items = new Map();
  const view = make("div", { class: `virtual ${look}`, role: cardWidth ? "list" : "table", tabIndex: 0, "aria-label": name },
    head && make("div.virtual-head", { role: "rowgroup" }, make("div.virtual-row", { role: "row" }, head)), body);
  let count = 0;
  on(view, "scroll", place);
  const resized = new ResizeObserver(place);
  resized.observe(view);
  host.replaceChildren(view);

  function place() {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize), height = rowHeight * rem;
    const columns = cardWidth ? Math.max(1, Math.floor(body.clientWidth / (cardWidth * rem))) : 1;
    body.style.height = `${Math.ceil(count / columns) * height}px`;
    const first = Math.max(0, Math.floor(view.scrollTop / height) - margin) * columns;
    const end = Math.min(count, (Math.ceil((view.scrollTop + view.clientHeight) / height) + margin) * columns);
    for (const [index, item] of items)
      if (index < first || index >= end) { item.remove(); items.delete(index); }
    for (let index = first; index < end; index++) {
      const item = items.get(index) ?? add(index), now = key(index);
      if (cardWidth) item.setAttribute("aria-setsize", count);
      Object.assign(item.style, {
        top: `${Math.floor(index / columns) * height}px`, height: `${height}px`, left: `${index % columns * 100 / columns}%`,
        width: `${100 / columns}%`,
      });
      if (item.dataset.key === now) continue;
      item.dataset.key = now;
      item.replaceChildren(...draw(index));
    }
  }

  function add(index) {
    const item = cardWidth
      ? make("div.virtual-card", { role: "listitem", "aria-posinset": index + 1 })
      : make("div.virtual-row", { role: "row", "aria-rowindex": index + 2 });
    // In the order of the list, which is the order of reading.
    const next = Math.min(...[...items.keys()].filter(other => other > index));
    body.insertBefore(item, items.get(next) ?? null);
    items.set(index, item);
    return item;
  }

  return {
    /** Shows what changed. */
    update(now) {
      count = now;
      host.hidden = count === 0;
      if (!cardWidth) view.setAttribute("aria-rowcount", count + 1);
      place();
    },
    remove() {
      resized.disconnect();
      host.replaceChildren();
    },
  };
}

/** A cell with a confidence. */
export const sureBar = (confidence = 0, text = confidence ? percent(confidence) : "–") =>
  make("div.sure-bar", { role: "cell", "--p": `${100 * confidence}%` }, text);
