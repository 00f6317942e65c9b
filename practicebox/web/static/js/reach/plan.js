/** The network plan: the button that prints it. */

import { element } from "../stage/dom.js";

const button = element("print", HTMLButtonElement);
button.hidden = false;
button.addEventListener("click", () => print());
