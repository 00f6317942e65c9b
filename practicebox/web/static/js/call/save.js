/**
 * Hands a received file to the browser's downloads.
 */

const KEPT = 60_000; // milliseconds until the browser has surely read the blob's address

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
