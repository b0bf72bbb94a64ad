// The tokens of this tab. They are gone when the tab is closed, and no other site can read them;
// a script in this page could, so the page's policy allows no other scripts.

import { fromBase64 } from "./bytes.js";

const KEY = "cognito-auth-api.tokens";

let tokens = JSON.parse(sessionStorage.getItem(KEY));

export const currentTokens = () => tokens;

// Keep the tokens of a login or of a refresh, which leaves out what it does not renew.
export function keepTokens(answer) {
  tokens = { ...tokens, ...answer, expires_at: Date.now() + answer.expires_in * 1000 };
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

export function forgetTokens() {
  tokens = null;
  sessionStorage.removeItem(KEY);
}

// Read a token's claims without verifying it; only the server can tell whether it is genuine.
export function claimsOf(token) {
  const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(fromBase64(base64)));
}
