// What is typed at the desk is kept as one goes, by htmx; this keeps the page around it true.
const form = document.getElementById("edit");
const failed = document.getElementById("edit-failed");

// Once the form itself is sent, nothing more goes beside it.
let sent = false;
form.addEventListener("submit", () => { sent = true; });
window.addEventListener("pageshow", () => { sent = false; });
form.addEventListener("htmx:beforeRequest", (event) => {
  if (sent) event.preventDefault();
});

// An answer that is not of the form (a page to sign in) must not get into it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const kept = event.detail.xhr.getResponseHeader("HX-Replace-Url") !== null;
  failed.textContent = kept ? "" : failed.dataset.text;
  event.detail.shouldSwap = event.detail.shouldSwap && kept;
});
document.addEventListener("htmx:sendError", () => { failed.textContent = failed.dataset.text; });

// A field is wrong as long as it says so beside it.
document.addEventListener("htmx:afterSettle", () => {
  for (const notes of document.querySelectorAll(".edit-notes")) {
    const control = document.getElementById(notes.id.replace(/-notes$/, ""));
    if (control.tagName === "FIELDSET") continue;
    if (notes.querySelector(".error")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
});
