// Shows the value of a weight while its slider moves; the ranking itself follows by htmx.
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
  const shown = slider.parentElement.querySelector("output");
  const digits = { minimumFractionDigits: 0, maximumFractionDigits: 1 };
  if (shown) shown.textContent = Number(slider.value).toLocaleString(document.documentElement.lang, digits);
});
