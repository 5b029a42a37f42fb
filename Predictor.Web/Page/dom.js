// Small helpers; text is only ever set as text, so no file name and no answer can become markup.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element with properties (`on…` is a listener, names with a dash are attributes) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if ((value ?? false) === false) continue;
    if (name.startsWith("on")) on(element, name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter(c => (c ?? false) !== false));
  return element;
}

export const on = (target, event, act, options) => target.addEventListener(event, act, options);
export const p = (look, ...text) => make("p", { class: look }, ...text);
export const heading = text => make("h2", { class: "minor" }, text);
export const button = (text, act) => make("button", { onclick: act }, text);

/** A table; the first of a row is its heading. Its roles are written out, for on a phone "cards" are no longer shown as one. */
export function table(caption, heads, rows, look) {
  const line = cells => make("tr", { role: "row" }, cells);
  return make("table", { class: `data ${look}`, role: "table" }, make("caption", {}, caption),
    make("thead", { role: "rowgroup" }, line(heads.map(t => make("th", { scope: "col", role: "columnheader" }, t)))),
    make("tbody", { role: "rowgroup" }, rows.map(([name, ...cells]) => line([make("th", { scope: "row", role: "rowheader" }, name),
      ...cells.map((c, i) => make("td", { role: "cell", "data-label": heads[i + 1] }, c))]))));
}

export const show = (element, shown) => { element.hidden = !shown; };
export const count = number => Math.round(number).toLocaleString("en");
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** With a space that does not break, as in the reports. */
export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;
export function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  return `${Math.floor(tenths / 600)}:${(tenths % 600 / 10).toFixed(1).padStart(4, "0")}`;
}

/** Said by screen readers and shown nowhere; the same text twice is said twice. */
export function say(text) {
  const status = $("#status");
  status.textContent = status.textContent === text ? `${text}\u200b` : text;
}

/** A problem with its reason and what to do. */
export function problemNote(problem, ...actions) {
  if (!problem.detail) throw problem; // a mistake of ours belongs into the console
  return make("div", { class: "note bad", role: "alert" },
    p("", make("strong", {}, problem.title)), p("", problem.detail), actions.length > 0 && p("acts", actions));
}

export function save(name, type, parts) {
  const link = make("a", { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
}

/** Lets files be dropped on an element; it shows while they hover. */
export function takeDrops(element, take) {
  let inside = 0;
  const hover = by => {
    inside = by && inside + by;
    element.classList.toggle("over", inside > 0);
  };
  for (const [event, by] of [["dragenter", 1], ["dragover", null], ["dragleave", -1], ["drop", 0]])
    on(element, event, e => {
      if (!e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      if (by !== null) hover(by);
      if (event === "drop") take(e.dataTransfer);
    });
}
