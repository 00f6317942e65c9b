/** Small helpers for modules that know the page. */

/**
 * The element with this id; a missing one is a mistake in a template.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`no element ${id}`);
}

/**
 * Says a prepared sentence of `line` (its `data-…`) once, so that screen readers read it once.
 *
 * @param {HTMLElement} line
 * @param {string} key - in `dataset`; an empty or unknown one empties the line
 * @param {Record<string, string>} [values] - for `{placeholders}`
 */
export function say(line, key, values = {}) {
  let text = (key && line.dataset[key]) || "";
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  if (line.textContent !== text) line.textContent = text;
}

/**
 * A copy of the first element in a `<template>`.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copyOf(id) {
  const template = element(id, HTMLTemplateElement);
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

/**
 * The part of `parent` with this class.
 *
 * @template {HTMLElement} T
 * @param {HTMLElement} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function part(parent, selector, type) {
  const found = parent.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`no part ${selector}`);
}
