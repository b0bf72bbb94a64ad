// All requests to the API are made by `ask` or `askAsUser`.

import { claimsOf, currentTokens, forgetTokens, keepTokens } from "./session.js";

// This file is <API>/assets/<version>/api.js, so this works below a path such as /prod/, too.
export const API = new URL("../../", import.meta.url);
const SECONDS = 40; // the API itself gives Cognito less

// Dispatches a "call" for each request: { request, answer }, the answer as a promise.
export const calls = new EventTarget();

// An answer that is not a success, with the API's message; `fields` has a message for each wrong input.
export class ApiError extends Error {
  constructor(status, { error, message, fields = {} }) {
    super(message);
    Object.assign(this, { status, name: error, fields });
  }
}

// Make a request without a token; return the body of the answer or throw an ApiError.
export async function ask(method, path, body) {
  return bodyOf(await send({ method, path, body }));
}

// Make a request with the access token; if that has expired, get a new one and try again.
export async function askAsUser(method, path, body) {
  const request = { method, path, body, bearer: true };
  let answer = await send(request);
  if (answer.status === 401) {
    await refresh();
    answer = await send(request);
  }
  return bodyOf(answer);
}

let refreshing = null;

// Exchange the refresh token for new tokens; calls at the same time share one exchange.
export function refresh() {
  refreshing ??= exchange().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function exchange() {
  try {
    const { device_key } = claimsOf(currentTokens().access_token); // where the pool tracks devices
    keepTokens(await ask("POST", "auth/refresh", { ...refreshToken(), device_key }));
  } catch (error) {
    if (error.status === 401) {
      forgetTokens();
      error.sessionIsOver = true;
    }
    throw error;
  }
}

// Return the refresh token for a body; none if the API keeps it in a cookie, which no script sees.
export function refreshToken() {
  const { refresh_token } = currentTokens() ?? {};
  return { refresh_token };
}

function bodyOf({ status, body }) {
  if (status >= 400) {
    throw new ApiError(status, body);
  }
  return body;
}

function send(request) {
  const answer = fetchJson(request);
  calls.dispatchEvent(new CustomEvent("call", { detail: { request, answer } }));
  return answer;
}

async function fetchJson({ method, path, body, bearer }) {
  const headers = { Accept: "application/json" };
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  if (bearer) {
    headers.Authorization = `Bearer ${currentTokens()?.access_token}`;
  }
  const options = { method, headers, body: body && JSON.stringify(body) };
  // A redirect leads to Cognito's pages: it is for the browser, not for a script.
  options.redirect = "manual";
  options.signal = AbortSignal.timeout(SECONDS * 1000);
  const response = await fetch(new URL(path, API), options).catch(({ name }) => {
    throw noAnswer(
      name === "TimeoutError"
        ? `The API did not answer within ${SECONDS} seconds. What was asked may have happened.`
        : "The API cannot be reached. Is it running, and are you online?",
    );
  });
  if (response.type === "opaqueredirect") {
    return { status: 302, body: { message: "The browser follows this redirect." } };
  }
  const { status } = response;
  const answer = await response.json().catch(() => {
    throw noAnswer(`The answer is not the API’s (status ${status}): something in between failed.`);
  });
  return { status, body: answer };
}

const noAnswer = (message) => new ApiError(0, { error: "NoAnswer", message });
