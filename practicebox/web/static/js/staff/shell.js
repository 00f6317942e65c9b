/**
 * The staff's frame: the burger folds the menu, opened work areas stay as closable tabs.
 *
 * Both are conveniences of this browser window; without JavaScript the menu is open and there are no tabs.
 */

const MENU = "menu-folded";
const TABS = "tabs";
const MOST = 6; // tabs; more would push the page down, and the menu has every area anyway
const NARROW = matchMedia("(max-width: 48rem)");

/** @typedef {{area: string, title: string, path: string}} Tab */

function burger() {
  const button = document.getElementById("burger");
  const menu = document.getElementById("menu");
  if (!button || !menu) return;
  /** @param {boolean} folded */
  const show = (folded) => {
    menu.hidden = folded;
    button.setAttribute("aria-expanded", String(!folded));
    button.setAttribute("aria-label", (folded ? button.dataset.open : button.dataset.close) ?? "");
  };
  const fit = () => show(NARROW.matches || sessionStorage.getItem(MENU) === "yes");
  NARROW.addEventListener("change", fit);
  fit();
  button.addEventListener("click", () => {
    const folded = !menu.hidden;
    if (!NARROW.matches) sessionStorage.setItem(MENU, folded ? "yes" : "no");
    show(folded);
  });
}

/** @returns {Tab[]} */
function openTabs() {
  try {
    return JSON.parse(sessionStorage.getItem(TABS) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {HTMLElement} bar @param {Tab[]} tabs @param {string} current */
function draw(bar, tabs, current) {
  bar.replaceChildren(...tabs.map((tab) => tabElement(bar, tab, tabs, current)));
  bar.hidden = tabs.length < 2;
  seen(bar);
}

/**
 * Where it is narrow the tabs stand in one line that scrolls: bring the present one into view.
 *
 * @param {HTMLElement} bar
 */
function seen(bar) {
  bar.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** @param {HTMLElement} bar @param {Tab} tab @param {Tab[]} tabs @param {string} current */
function tabElement(bar, tab, tabs, current) {
  const element = document.createElement("div");
  element.className = "tab";
  const link = document.createElement("a");
  link.href = tab.path;
  link.textContent = tab.title;
  if (tab.area === current) link.setAttribute("aria-current", "page");
  element.append(link);
  if (tab.area !== "start") element.append(closeButton(bar, tab, tabs, current));
  return element;
}

/** @param {HTMLElement} bar @param {Tab} tab @param {Tab[]} tabs @param {string} current */
function closeButton(bar, tab, tabs, current) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", (bar.dataset.close ?? "").replace("{area}", tab.title));
  button.addEventListener("click", () => {
    const left = tabs.filter((other) => other.area !== tab.area);
    sessionStorage.setItem(TABS, JSON.stringify(left));
    if (tab.area === current) location.assign(left.at(-1)?.path ?? "/");
    else draw(bar, left, current);
  });
  return button;
}

function tabs() {
  const bar = document.getElementById("tabs");
  if (!bar) return;
  const current = bar.dataset.area ?? "start";
  const known = openTabs()
    .filter((tab) => tab.area !== "start" && tab.area !== current)
    .slice(2 - MOST);
  const start = { area: "start", title: bar.dataset.start ?? "", path: "/" };
  const here = { area: current, title: bar.dataset.title ?? "", path: location.pathname };
  const all = current === "start" ? [start, ...known] : [start, ...known, here];
  sessionStorage.setItem(TABS, JSON.stringify(all));
  draw(bar, all, current);
  NARROW.addEventListener("change", () => seen(bar));
}

burger();
tabs();
