// The sliders of the results. The ranking itself follows by htmx; this keeps the page around it true.
const form = document.getElementById("weights");
const failed = document.getElementById("weights-failed");

// The value of a weight shows while its slider moves.
function show(slider) {
  const digits = { minimumFractionDigits: 0, maximumFractionDigits: 1 };
  const shown = slider.parentElement.querySelector("output");
  shown.textContent = Number(slider.value).toLocaleString(document.documentElement.lang, digits);
}
form.addEventListener("input", (event) => show(event.target));

// With htmx there is nothing to press.
if (window.htmx) form.querySelector("button").hidden = true;

// What the reader has unfolded stays unfolded when the parts of the page are replaced.
let unfolded = [];
document.addEventListener("htmx:beforeSwap", () => {
  unfolded = [...document.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  failed.textContent = "";
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});

// A ranking that does not come is said, not passed over.
document.addEventListener("htmx:responseError", (event) => {
  failed.textContent = event.detail.xhr.status === 400 ? failed.dataset.refused : failed.dataset.away;
});
document.addEventListener("htmx:sendError", () => { failed.textContent = failed.dataset.away; });
