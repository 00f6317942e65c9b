/** A signature drawn by finger, kept as strokes of points in the frame of the canvas. */

const LONGEST = 32 * 1024; // characters, as the box takes them
const APART = 3; // points of the frame; closer ones add nothing to be seen

const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("sign-canvas"));
const kept = /** @type {HTMLInputElement} */ (document.getElementById("signature"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("sign-open"));
const panel = /** @type {HTMLElement} */ (document.getElementById("sign-panel"));
const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

let last = /** @type {[number, number] | null} */ (null); // of the stroke that is being drawn

/** @param {PointerEvent} event @returns {[number, number]} in the frame of the canvas */
function point(event) {
  const frame = canvas.getBoundingClientRect();
  const x = ((event.clientX - frame.left) / frame.width) * canvas.width;
  const y = ((event.clientY - frame.top) / frame.height) * canvas.height;
  return [within(x, canvas.width), within(y, canvas.height)];
}

/** @param {number} value @param {number} most */
const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));

/** @param {[number, number]} from @param {[number, number]} to */
function line(from, to) {
  pen.lineWidth = 5;
  pen.lineCap = "round";
  pen.strokeStyle = "#000";
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

/** @param {string} before - what stands between this point and the one before it */
function add(before, /** @type {[number, number]} */ to) {
  const text = `${kept.value ? before : ""}${to.join(",")}`;
  if (kept.value.length + text.length > LONGEST) return;
  kept.value += text;
  line(last ?? to, to);
  last = to;
}

canvas.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  last = null;
  add(";", point(event));
});
canvas.addEventListener("pointermove", (event) => {
  if (!last) return;
  const to = point(event);
  if (Math.hypot(to[0] - last[0], to[1] - last[1]) >= APART) add(" ", to);
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    last = null;
  });
}

/** Draws what is kept already: the page has come back with a question. */
function redraw() {
  for (const stroke of kept.value.split(";").filter(Boolean)) {
    const points = stroke.split(" ").map((pair) => pair.split(",").map(Number));
    points.forEach(([x = 0, y = 0], index) => {
      const [fromX = x, fromY = y] = points[index - 1] ?? [];
      line([fromX, fromY], [x, y]);
    });
  }
}

function open() {
  panel.hidden = false;
  button.setAttribute("aria-expanded", "true");
}

button.addEventListener("click", () => {
  if (panel.hidden) open();
  else {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }
});
document.getElementById("sign-clear")?.addEventListener("click", () => {
  kept.value = "";
  pen.clearRect(0, 0, canvas.width, canvas.height);
});
/** @type {HTMLElement} */ (document.getElementById("sign")).hidden = false;
if (kept.value) {
  redraw();
  open();
}
