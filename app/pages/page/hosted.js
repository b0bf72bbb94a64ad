// Logins on Cognito's pages, with Google or another provider: out with a challenge, back with a code.
// The verifier of the challenge (PKCE, RFC 7636) stays in this tab, so that the code is worth nothing elsewhere.

import { API, ApiError, ask } from "./api.js";

const KEY = "cognito-auth-api.hosted-login";

// Leave for a provider by its name in the pool; without one, for Cognito's own login page.
export async function leaveFor(provider) {
  const verifier = randomText();
  const state = randomText();
  const query = new URLSearchParams({
    ...(provider && { provider }),
    return_to: "/", // this page
    state,
    code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
    code_challenge_method: "S256",
  });
  const path = `auth/hosted/start?${query}`;
  await ask("GET", path); // a refusal is shown here rather than on a page of its own
  sessionStorage.setItem(KEY, JSON.stringify({ state, verifier }));
  location.assign(new URL(path, API));
}

// Finish the login that this tab began: return the tokens, or null if nobody has come back.
// The code of another login is not exchanged: it could log this tab in as somebody else.
export async function finishHostedLogin() {
  const query = new URLSearchParams(location.search);
  if (!query.has("code") && !query.has("error")) {
    return null;
  }
  history.replaceState(null, "", location.pathname);
  const begun = JSON.parse(sessionStorage.getItem(KEY));
  if (!begun || query.get("state") !== begun.state) {
    throw new Error("The address held the answer to a login that this tab did not begin. It was not used.");
  }
  sessionStorage.removeItem(KEY);
  if (query.has("error")) {
    throw new Error(`The login ended without tokens: ${query.get("error_description") ?? query.get("error")}`);
  }
  const { body } = await ask("POST", "auth/hosted/token", {
    code: query.get("code"),
    code_verifier: begun.verifier,
  });
  return body;
}

// End the session of Cognito's pages, which would log the user in again without asking.
export function leaveForLogout() {
  location.assign(new URL("auth/hosted/logout?return_to=/", API));
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
