/**
 * Text from the other page, made harmless to show. The characters that turn the reading direction
 * of what stands around them could make "fdp.exe" of "exe.pdf".
 */

const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu; // overrides, embeddings, isolates
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;
const CONTROLS_BUT_LINES = /[^\P{Cc}\n\t]/gu;

/**
 * @param {unknown} value
 * @param {number} limit - characters
 * @returns {string} one line; empty for what is no text
 */
export function oneLine(value, limit) {
  if (typeof value !== "string") return "";
  const line = value
    .slice(0, 4 * limit)
    .replace(DIRECTIONS, "")
    .replace(CONTROLS, " ");
  return cut(line.replace(/\s+/gu, " ").trim(), limit);
}

/**
 * @param {unknown} value
 * @param {number} limit - characters
 * @returns {string} paragraphs; empty for what is no text
 */
export function paragraphs(value, limit) {
  if (typeof value !== "string") return "";
  const text = value.slice(0, 4 * limit).replace(/\r\n?/gu, "\n");
  return cut(text.replace(DIRECTIONS, "").replace(CONTROLS_BUT_LINES, "").trim(), limit);
}

/**
 * A name to save a file under: no path, no hidden file, the ending kept.
 *
 * @param {unknown} value
 * @param {number} limit - characters
 * @returns {string} empty if nothing is left
 */
export function fileName(value, limit) {
  const last =
    oneLine(value, 10 * limit)
      .split(/[/\\]/u)
      .at(-1) ?? "";
  const name = last.replace(/[:*?"<>|]/gu, "_").replace(/^[.\s]+|[.\s]+$/gu, "");
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= 10 ? name.slice(dot) : "";
  if (!ending) return cut(name, limit);
  return cut(name.slice(0, dot), limit - ending.length) + ending;
}

/**
 * Cuts without leaving half of a surrogate pair.
 *
 * @param {string} text
 * @param {number} limit
 */
function cut(text, limit) {
  return text.slice(0, limit).replace(/[\ud800-\udbff]$/u, "");
}
