// Opens the API's docs. A script of its own, since the page allows no inline script.
const place = document.getElementById("api-docs");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  presets: [window.SwaggerUIBundle.presets.apis],
});
