// The claims of the tokens, with what each of them means.

import { describe, element } from "./dom.js";
import { claimsOf } from "./session.js";

const MEANINGS = {
  sub: "the user’s permanent id",
  iss: "the user pool that issued it",
  aud: "the app client it is for",
  client_id: "the app client it is for",
  token_use: "which of the two tokens it is",
  scope: "what it allows",
  exp: "when it ends",
  iat: "when it was issued",
  auth_time: "when the user logged in",
  jti: "the token’s own id",
  origin_jti: "the session that it ends with",
  event_id: "the login in the pool’s log",
  username: "the user’s name in the pool",
  "cognito:username": "the user’s name in the pool",
  "cognito:groups": "what to authorise by",
  email: "the address",
  email_verified: "whether a code has proved it",
  device_key: "the device that logged in",
};

const TIMES = ["exp", "iat", "auth_time"];

// Show both tokens, and count down the seconds until they expire.
export function showClaims(place, { access_token, id_token }) {
  place.replaceChildren(
    tokenClaims("Access token", claimsOf(access_token)),
    tokenClaims("ID token", claimsOf(id_token)),
  );
}

function tokenClaims(title, claims) {
  const left = element("span");
  countDown(left, claims.exp);
  const list = element("dl");
  const rows = Object.entries(claims).map(([name, value]) => [
    name,
    element("span", { className: "value" }, written(name, value)),
    element("small", {}, MEANINGS[name] ?? "an attribute of the user"),
  ]);
  describe(list, rows);
  const summary = element("summary", {}, element("h4", {}, `${title}, `, left));
  const open = matchMedia("(min-width: 40rem)").matches;
  return element("details", { open }, summary, list);
}

function written(name, value) {
  if (TIMES.includes(name)) {
    return `${value} = ${new Date(value * 1000).toLocaleTimeString()}`;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function countDown(node, exp) {
  const update = () => {
    const seconds = Math.max(0, Math.round(exp - Date.now() / 1000));
    node.textContent = seconds ? `${seconds} seconds left` : "expired";
  };
  update();
  const timer = setInterval(() => (node.isConnected ? update() : clearInterval(timer)), 1000);
}
