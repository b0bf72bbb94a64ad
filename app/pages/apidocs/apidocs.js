// A file, not an inline script, so that the page's policy can forbid inline scripts.
"use strict";

const root = document.getElementById("swagger-ui");

// The document names the API's URL for readers elsewhere; this page uses its own.
const forThisPage = (spec) => {
  for (const path of Object.values(spec.paths)) {
    for (const { parameters = [] } of Object.values(path)) {
      for (const parameter of parameters.filter((each) => !each.required)) {
        // Swagger UI would fill the field with the example, which the API refuses.
        delete parameter.example;
        delete parameter.schema.example;
      }
    }
  }
  // This is right behind a proxy, too, which may use another name for the API than the browser.
  return { ...spec, servers: [{ url: "./" }] };
};

// The access token, kept for this tab. (Swagger UI's persistAuthorization would keep it longer.)
const SCHEME = "bearer";
const KEPT = "cognito-auth-api.docs-token";
const OF_THE_PAGE = "cognito-auth-api.tokens"; // where the page at / keeps those of a login there

const keptToken = () =>
  sessionStorage.getItem(KEPT) ??
  JSON.parse(sessionStorage.getItem(OF_THE_PAGE) ?? "{}").access_token;

const useToken = (value) =>
  ui.authActions.authorize({
    [SCHEME]: { name: SCHEME, schema: { type: "http", scheme: "bearer" }, value },
  });

const readBody = (response) => {
  try {
    return JSON.parse(response.text);
  } catch {
    return {};
  }
};

const tokenPlugin = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (payload) => {
          sessionStorage.setItem(KEPT, payload[SCHEME].value);
          return authorize(payload);
        },
        logout: (logout) => (schemes) => {
          sessionStorage.removeItem(KEPT);
          return logout(schemes);
        },
      },
    },
    spec: {
      wrapActions: {
        // Use the token of a login that was tried out here for the next requests.
        setResponse: (setResponse) => (path, method, response) => {
          const { access_token: token } = readBody(response);
          if (token) {
            useToken(token);
          }
          return setResponse(path, method, response);
        },
      },
    },
  },
});

// Shows the QR code of an authenticator app below the answer that contains it as text.
const qrPlugin = ({ React }) => ({
  wrapComponents: {
    responseBody: (ResponseBody) => (props) => {
      const { qr_svg: svg } = readBody({ text: props.content });
      const body = React.createElement(ResponseBody, props);
      if (!svg) {
        return body;
      }
      const src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
      const image = React.createElement("img", { alt: "QR code", className: "qr-code", src });
      return React.createElement("div", null, image, body);
    },
  },
});

const pagePlugin = () => ({
  components: { ServersContainer: () => null }, // there is one server: the one that serves this
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (spec) => update(forThisPage(spec)),
      },
      wrapSelectors: {
        // Each GET below /auth redirects to other pages, where a script cannot follow.
        allowTryItOutFor: () => (state, path, method) =>
          !(method === "get" && path.startsWith("/auth/")),
      },
    },
  },
});

const ui = SwaggerUIBundle({
  domNode: root,
  url: root.dataset.spec,
  deepLinking: true,
  defaultModelsExpandDepth: 0, // the list of schemas is there, folded
  displayRequestDuration: true,
  filter: true,
  onComplete: () => {
    if (keptToken()) {
      useToken(keptToken());
    }
  },
  plugins: [pagePlugin, tokenPlugin, qrPlugin],
  queryConfigEnabled: false, // nobody can point this page at another spec through its address
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the spec's address to a public validator
});
