// The views without a login: sign up, confirm, every way to log in, and resetting a password.

import { ask } from "./api.js";
import { continueWith } from "./challenges.js";
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

  const start = (flow, preferred_challenge) => async ({ email }) =>
    continueWith(await ask("POST", "auth/start", { email, flow, preferred_challenge }), email);

  onSubmit(form, {
    logIn,
    signUp,
    goOn: async ({ email }) =>
      continueWith(await ask("POST", "auth/start", { email, flow: "USER_AUTH", session }), email),
    forgot,
    enterCode: ({ email }) => show("confirm", { email }),
    passkey: start("USER_AUTH", "WEB_AUTHN"),
    emailCode: start("USER_AUTH", "EMAIL_OTP"),
    textCode: start("USER_AUTH", "SMS_OTP"),
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
  try {
    return await continueWith(await ask("POST", "auth/login", { email, password }), email);
  } catch (error) {
    if (error.name === "UserNotConfirmedException") {
      return show("confirm", { email, password, sent: error.message });
    }
    throw error;
  }
}

async function signUp({ email, password }) {
  const { body } = await ask("POST", "auth/signup", { email, password });
  if (body.user_confirmed) {
    return body.message;
  }
  return show("confirm", { email, password, session: body.session, sent: whereItWent(body) });
}

async function forgot({ email }) {
  const { body } = await ask("POST", "auth/forgot-password", { email });
  return show("reset", { email, sent: whereItWent(body) });
}

defineView("confirm", (main, { email = "", password, session, sent = "" }) => {
  const form = main.querySelector("form");
  form.elements.email.value = email;
  main.querySelector(".sent").textContent = sent;
  onSubmit(form, {
    confirm: async ({ email, code }) => {
      const { body } = await ask("POST", "auth/confirm", { email, code, session });
      return show("logged-out", { email, password, session: body.session, note: body.message });
    },
    again: async ({ email }) =>
      whereItWent((await ask("POST", "auth/resend-code", { email })).body),
    back: ({ email }) => show("logged-out", { email }),
  });
});

defineView("reset", (main, { email = "", sent = "" }) => {
  const form = main.querySelector("form");
  form.elements.email.value = email;
  main.querySelector(".sent").textContent = sent;
  onSubmit(form, {
    reset: async ({ email, code, new_password }) => {
      const { body } = await ask("POST", "auth/reset-password", { email, code, new_password });
      return show("logged-out", { email, note: body.message });
    },
    again: async ({ email }) =>
      whereItWent((await ask("POST", "auth/forgot-password", { email })).body),
    back: ({ email }) => show("logged-out", { email }),
  });
});

// Say where a code went; Cognito masks the address.
export function whereItWent({ message, code_delivery }) {
  return code_delivery
    ? `${message} Cognito sent it to ${code_delivery.destination} (${code_delivery.medium}).`
    : message;
}
