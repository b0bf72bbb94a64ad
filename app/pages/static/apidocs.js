// A file, not an inline script, so that the page's policy can forbid inline scripts.
"use strict";

const root = document.getElementById("swagger-ui");

const plugin = () => ({
  components: { ServersContainer: () => null }, // there is one server: the one that serves this
  statePlugins: {
    spec: {
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
