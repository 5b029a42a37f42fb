// Small helpers; text is only ever set as text, so no file name and no answer can become markup.

export const $ = (selector, root = document) => root.querySelector(selector);

/** An element, "tag.class", with children and properties: `on…` is a listener, `--…` the style's, with a dash an attribute. */
export function make(kind, properties = {}, ...children) {
  const [tag, ...classes] = kind.split("."), element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    if ((value ?? false) === false) continue;
    if (name.startsWith("on")) on(element, name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter(c => (c ?? false) !== false));
  return element;
}

/** `target` may be a selector. */
export const on = (target, event, act, options) => (target.addEventListener ? target : $(target)).addEventListener(event, act, options);

/** Shows, or hides, all elements of a selector. */
export function show(selector, shown) {
  for (const element of document.querySelectorAll(selector)) element.hidden = !shown;
}

export const p = (look, ...text) => make("p", { class: look }, ...text);
export const heading = text => make("h2.minor", {}, text);
export const button = (text, act) => make("button", { onclick: act }, text);
export const plainList = (...lines) => make("ul.plain", {}, lines.map(l => make("li", {}, l)));

/** Names and values in turn. */
export const facts = (look, pairs) => make("dl", { class: look },
  pairs.flatMap(([name, value]) => [make("dt", {}, name), value.tagName === "DD" ? value : make("dd", {}, value)]));

/** A table; the first of a row is its heading. Its roles are written out, for on a phone "cards" are no longer shown as one. */
export function table(caption, heads, rows, look) {
  const line = cells => make("tr", { role: "row" }, cells);
  return make("table", { class: `data ${look}`, role: "table" }, make("caption", {}, caption),
    make("thead", { role: "rowgroup" }, line(heads.map(t => make("th", { scope: "col", role: "columnheader" }, t)))),
    make("tbody", { role: "rowgroup" }, rows.map(([name, ...cells]) => line([make("th", { scope: "row", role: "rowheader" }, name),
      ...cells.map((c, i) => make("td", { role: "cell", "data-label": heads[i + 1] }, c))]))));
}

export const seconds = () => performance.now() / 1000;
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

/** Puts other things into a place; a keyboard that was in it stays there. */
export function fill(place, ...children) {
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...children);
  if (!hadFocus) return;
  place.tabIndex = -1;
  place.focus();
}

/** A problem with its reason and what to do. */
export function problemNote(problem, ...actions) {
  if (!problem.detail) throw problem; // a mistake of ours belongs into the console
  return make("div.note.bad", { role: "alert" },
    p("", make("strong", {}, problem.title)), p("", problem.detail), actions.length > 0 && p("acts", actions));
}

export function save(name, type, parts) {
  const link = make("a", { href: URL.createObjectURL(new Blob([...parts], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it after the click
}

/** Calls `take` with the files that somebody chooses. */
export const takeChosen = (input, take) => on(input, "change", ({ target }) => {
  const files = [...target.files];
  target.value = ""; // the same may be chosen again
  if (files.length > 0) take(files);
});

/** Lets files be dropped on an element; it shows while they hover. */
export function takeDrops(element, take) {
  for (const event of ["dragover", "dragleave", "drop"])
    on(element, event, e => {
      if (!e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      element.classList.toggle("over", event === "dragover" || event === "dragleave" && element.contains(e.relatedTarget));
      if (event === "drop") take(e.dataTransfer);
    });
}

/** A canvas, a new one or that which is given, with a picture or with what a video shows. */
export function drawn(source, width, height, canvas = make("canvas")) {
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return canvas;
}

/** A canvas as a JPEG. */
export const jpegOf = (canvas, quality) => new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", quality));
