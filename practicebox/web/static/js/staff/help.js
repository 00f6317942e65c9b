/**
 * The handbook's search while one types: the box's own page, parsed by the browser, of which the
 * findings are put in place. Without this script the button does the same.
 */

const WAIT = 150; // milliseconds after the last key

const form = /** @type {HTMLFormElement} */ (document.getElementById("help-search"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("q"));
const found = /** @type {HTMLElement} */ (document.getElementById("help-found"));
const contents = /** @type {HTMLElement} */ (document.getElementById("help-contents"));
const said = /** @type {HTMLElement} */ (document.getElementById("help-said"));
let timer = 0;
let asked = 0;

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(look, WAIT);
});

function look() {
  const turn = ++asked;
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("POST", form.action);
  request.addEventListener("load", () => {
    const made = request.response?.getElementById("help-found");
    if (made && turn === asked) show(made); // else a newer key press has asked since
  });
  request.send(new URLSearchParams({ q: field.value }));
}

/** @param {HTMLElement} made */
function show(made) {
  const count = made.dataset.count ?? "0";
  found.replaceChildren(...made.childNodes);
  const isSearching = field.value.trim() !== "";
  contents.hidden = isSearching && count !== "0";
  const words = count === "0" ? said.dataset.none : said.dataset.found;
  said.textContent = isSearching ? (words ?? "").replace("{count}", count) : "";
}
