// A file, not an inline script, so that the page's policy can forbid inline scripts.
"use strict";

const root = document.getElementById("swagger-ui");

SwaggerUIBundle({
  domNode: root,
  url: root.dataset.spec,
  deepLinking: true,
  displayRequestDuration: true,
  queryConfigEnabled: false, // nobody can point this page at another spec through its address
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the spec's address to a public validator
});
