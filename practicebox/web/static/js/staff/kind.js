// A phone appointment needs the number: the part of the form that has it opens with the choice.
const more = document.getElementById("more");
const phone = document.getElementById("phone");

for (const choice of document.querySelectorAll("input[name=kind]")) {
  choice.addEventListener("change", () => {
    if (!(choice instanceof HTMLInputElement) || !(more instanceof HTMLDetailsElement)) return;
    const byPhone = choice.value === "phone" && choice.checked;
    if (byPhone) more.open = true;
    phone?.toggleAttribute("required", byPhone);
  });
}
