// Logins on Cognito's pages, with Google or another provider: out with a challenge, back with a code.
// The verifier (PKCE, RFC 7636) stays in this tab, so that the code is worth nothing elsewhere.

import { API, ask } from "./api.js";
import { randomBytes, textBytes, toBase64 } from "./bytes.js";

const KEY = "cognito-auth-api.hosted-login";

// Leave for a provider by its name in the pool; without one, for Cognito's own login page.
export async function leaveFor(provider) {
  const verifier = randomText();
  const state = randomText();
  const digest = await crypto.subtle.digest("SHA-256", textBytes(verifier));
  const query = new URLSearchParams({
    ...(provider && { provider }),
    return_to: "/", // this page
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  const path = `auth/hosted/start?${query}`;
  await ask("GET", path); // so that a refusal is shown here
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
    throw new Error("The address held the answer to a login that this tab did not begin: it was not used.");
  }
  sessionStorage.removeItem(KEY);
  if (query.has("error")) {
    throw new Error(`The login ended without tokens: ${query.get("error_description") ?? query.get("error")}`);
  }
  return ask("POST", "auth/hosted/token", {
    code: query.get("code"),
    code_verifier: begun.verifier,
  });
}

// End the session of Cognito's pages, which would log the user in again without asking.
export function leaveForLogout() {
  location.assign(new URL("auth/hosted/logout?return_to=/", API));
}

const randomText = () => base64url(randomBytes(32));

const base64url = (bytes) =>
  toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
