// A file, not an inline script, so that the page's policy can forbid inline scripts.
"use strict";

const root = document.getElementById("swagger-ui");

// The document is written for readers anywhere; this page is next to it.
const forThisPage = (spec) => {
  for (const path of Object.values(spec.paths)) {
    for (const { parameters = [] } of Object.values(path)) {
      for (const parameter of parameters.filter((each) => !each.required)) {
        // Swagger UI would fill the field with it, and no example of a page's token is a good one.
        delete parameter.example;
        delete parameter.schema.example;
      }
    }
  }
  // Also right behind a proxy that calls the API by another name than the browser.
  return { ...spec, servers: [{ url: "./" }] };
};

const plugin = () => ({
  components: { ServersContainer: () => null }, // there is one server: the one that serves this
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (spec) => update(forThisPage(spec)),
      },
      wrapSelectors: {
        // A script must not follow the redirect to another site; a tab can.
        allowTryItOutFor: () => (state, path) => path !== "/auth/google/start",
      },
    },
  },
});

SwaggerUIBundle({
  domNode: root,
  url: root.dataset.spec,
  deepLinking: true,
  defaultModelsExpandDepth: 0, // the list of schemas is there, folded
  displayRequestDuration: true,
  plugins: [plugin],
  queryConfigEnabled: false, // nobody can point this page at another spec through its address
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the spec's address to a public validator
});
