/**
 * Names that nobody else has: of one load of a page, of a chat line, of a file on its way.
 */

import { hex } from "./hex.js";

/** @returns {string} 16 hex digits */
export function newId() {
  return hex(crypto.getRandomValues(new Uint8Array(8)));
}
