// The views without a login: sign up, confirm, every way to log in, and resetting a password.

import { ask } from "./api.js";
import { continueWith } from "./challenges.js";
import { deviceOf } from "./device.js";
import { defineView, show } from "./dom.js";
import { onSubmit, say } from "./forms.js";
import { leaveFor } from "./hosted.js";
import { explainDomain } from "./webauthn.js";

defineView("logged-out", (main, { email = "", password = "", session, note, isError }) => {
  const form = main.querySelector("form");
  form.elements.email.value = email;
  form.elements.password.value = password;
  main.querySelector(".local").hidden = !["127.0.0.1", "localhost"].includes(location.hostname);
  main.querySelector(".first-login").hidden = !session;
  explainDomain(main);

  const start = (flow, more) => async ({ email }) => {
    const body = { email, flow, device_key: deviceOf(email)?.key, ...more };
    return continueWith(await ask("POST", "auth/start", body), email);
  };

  onSubmit(form, {
    logIn,
    signUp,
    goOn: start("USER_AUTH", { session }),
    forgot,
    enterCode: ({ email }) => show("by-code", { email }),
    passkey: start("USER_AUTH", { preferred_challenge: "WEB_AUTHN" }),
    emailCode: start("USER_AUTH", { preferred_challenge: "EMAIL_OTP" }),
    textCode: start("USER_AUTH", { preferred_challenge: "SMS_OTP" }),
    choose: start("USER_AUTH"),
    custom: start("CUSTOM_AUTH"),
    google: () => leaveFor("Google"),
    provider: ({ provider }) => leaveFor(provider),
    hosted: () => leaveFor(),
  });
  if (note) {
    say(form, form.querySelector("button"), note, isError);
  }
});

async function logIn({ email, password }) {
  const body = { email, password, device_key: deviceOf(email)?.key };
  return continueWith(await ask("POST", "auth/login", body), email);
}

async function signUp({ email, password }) {
  const body = await ask("POST", "auth/signup", { email, password });
  if (body.user_confirmed) {
    return body.message;
  }
  return show("by-code", { email, password, session: body.session, sent: whereItWent(body) });
}

async function forgot({ email }) {
  const body = await ask("POST", "auth/forgot-password", { email });
  return show("by-code", { isReset: true, email, sent: whereItWent(body) });
}

// A code that Cognito has sent: it confirms a sign-up, or allows a new password.
defineView("by-code", (main, { isReset, email = "", password, session, sent = "" }) => {
  const form = main.querySelector("form");
  form.elements.email.value = email;
  main.querySelector("h2").textContent = isReset ? "Set a new password" : "Confirm your email";
  main.querySelector(".sent").textContent = sent;
  main.querySelector(".for-reset").hidden = !isReset;
  onSubmit(form, {
    finish: async ({ email, code, new_password }) => {
      const path = isReset ? "auth/reset-password" : "auth/confirm";
      const body = await ask("POST", path, { email, code, new_password, session });
      return show("logged-out", { email, password, session: body.session, note: body.message });
    },
    again: async ({ email }) => {
      const path = isReset ? "auth/forgot-password" : "auth/resend-code";
      return whereItWent(await ask("POST", path, { email }));
    },
    back: ({ email }) => show("logged-out", { email }),
  });
});

// Say where a code went; Cognito masks the address.
export function whereItWent({ message, code_delivery }) {
  return code_delivery
    ? `${message} Cognito sent it to ${code_delivery.destination} (${code_delivery.medium}).`
    : message;
}
