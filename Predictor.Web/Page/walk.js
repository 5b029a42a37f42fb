// From what was dropped or chosen to rows, folders read as they are come to.

const endings = /\.(jpe?g|jpe|jfif|png|bmp|dib|gif|webp|p[npgb]m|pam|hei[cf]|avif|tiff?)$/i;

const isPicture = (name, type = "") => type.startsWith("image/") || endings.test(name);

/** What a drop holds; it has to be taken during the event, and is read afterwards. */
export function dropped(data) {
  const entries = [...data.items].filter(i => i.kind === "file").map(i => i.webkitGetAsEntry?.() ?? i.getAsFile());
  return chosen(entries.filter(e => e !== null));
}

/** Yields { path, file() } for pictures and null for what is passed over. */
export async function* chosen(entries) {
  for (const entry of entries) {
    if (entry instanceof File) {
      const path = entry.webkitRelativePath || entry.name;
      yield isPicture(path, entry.type) ? { path, file: async () => entry } : null;
    } else if (entry.isFile)
      yield isPicture(entry.name)
        ? { path: entry.fullPath.slice(1), file: () => new Promise((resolve, reject) => entry.file(resolve, reject)) }
        : null;
    else yield* chosen(await children(entry));
  }
}

async function children(folder) {
  const reader = folder.createReader(), all = [];
  for (;;) { // browsers hand out about a hundred at a time, then an empty list
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (some.length === 0) return all.sort((a, b) => a.name < b.name ? -1 : 1);
    all.push(...some);
  }
}
