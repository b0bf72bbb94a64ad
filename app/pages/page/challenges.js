// The challenges of a login. Each is answered at POST /auth/challenge, which returns tokens or the
// next challenge.

import { ask } from "./api.js";
import { beginProof, deviceOf } from "./device.js";
import { defineView, describe, element, field, show } from "./dom.js";
import { showSecret } from "./factors.js";
import { onSubmit } from "./forms.js";
import { keepTokens } from "./session.js";
import { signWithPasskey } from "./webauthn.js";

// Continue after the answer to a login: tokens (200) or a challenge (202).
export async function continueWith(answer, email) {
  if (!answer.challenge) {
    keepTokens(answer);
    return show("logged-in");
  }
  const challenge = { ...answer, email };
  if (challenge.challenge === "WEB_AUTHN") {
    const options = JSON.parse(challenge.parameters.CREDENTIAL_REQUEST_OPTIONS);
    return respond(challenge, { answer: JSON.stringify(await signWithPasskey(options)) });
  }
  if (challenge.challenge === "DEVICE_SRP_AUTH") {
    return proveDevice(challenge);
  }
  return show(challenge.challenge === "MFA_SETUP" ? "mfa-setup" : "challenge", challenge);
}

// Answer a challenge: `answer` is one value, `responses` are several by Cognito's names.
async function respond(challenge, response) {
  return continueWith(await send(challenge, response), challenge.email);
}

function send({ challenge, session, username, email }, { answer, responses }) {
  const device_key = deviceOf(email)?.key;
  const body = { challenge, session, username, answer, responses, device_key };
  return ask("POST", "auth/challenge", body);
}

// A remembered device has two challenges, which need nothing of its user.
async function proveDevice(challenge) {
  const { SRP_A, answer } = beginProof(deviceOf(challenge.email));
  const next = { ...challenge, ...(await send(challenge, { responses: { SRP_A } })) };
  return respond(next, { responses: await answer(next.parameters) });
}

const code = () => [
  field("Code", "answer", { autocomplete: "one-time-code", inputMode: "numeric" }),
];

// Labels for Cognito's names of factors.
const FACTORS = {
  PASSWORD: "The password",
  EMAIL_OTP: "A code by mail",
  SMS_OTP: "A code by text message",
  SMS_MFA: "A code by text message",
  WEB_AUTHN: "A passkey",
  SOFTWARE_TOKEN_MFA: "An authenticator app",
};

function choice(names) {
  const known = names.filter((name) => name in FACTORS); // not PASSWORD_SRP, which takes a library
  const options = known.map((value, index) => {
    const radio = element("input", { type: "radio", name: "answer", value, checked: index === 0 });
    return element("label", { className: "check" }, radio, ` ${FACTORS[value]}`);
  });
  return [element("fieldset", {}, element("legend", {}, "Go on with"), ...options)];
}

const listed = (text) => JSON.parse(text ?? "[]");

// By challenge: a title, what Cognito does, and the inputs; the one named `answer` is the answer.
const CHALLENGES = {
  NEW_PASSWORD_REQUIRED: {
    title: "Choose a password",
    about: "An administrator made this user, with a password for the first login only.",
    inputs: ({ parameters }) => [
      field("New password", "answer", { type: "password", autocomplete: "new-password" }),
      ...listed(parameters.requiredAttributes).map((name) =>
        field(name.replace("userAttributes.", ""), name),
      ),
    ],
  },
  PASSWORD: {
    title: "Enter your password",
    about: "The first factor of this login is the password.",
    inputs: () => [
      field("Password", "answer", { type: "password", autocomplete: "current-password" }),
    ],
  },
  SOFTWARE_TOKEN_MFA: {
    title: "Enter the code of your authenticator app",
    about: "The password was right; this is the second factor. Each code is good once.",
    inputs: code,
  },
  SMS_MFA: { title: "Enter the code of the text message", inputs: code },
  SMS_OTP: { title: "Enter the code of the text message", inputs: code },
  EMAIL_OTP: { title: "Enter the code of the mail", inputs: code },
  SELECT_CHALLENGE: {
    title: "Choose how to log in",
    about: "These are the ways that the pool and this user have.",
    inputs: ({ available_challenges }) => choice(available_challenges ?? []),
  },
  SELECT_MFA_TYPE: {
    title: "Choose a second factor",
    about: "The user has several and prefers none of them.",
    inputs: ({ parameters }) => choice(listed(parameters.MFAS_CAN_CHOOSE)),
  },
};

// CUSTOM_CHALLENGE, and what this page does not know: the parameters say what is wanted.
const OTHER = {
  title: "Answer the challenge",
  about: "A Lambda function of the pool asks, and another judges the answer.",
  inputs: ({ parameters }) => {
    const list = element("dl");
    describe(list, Object.entries(parameters));
    return [list, field("Answer", "answer")];
  },
};

defineView("challenge", (main, challenge) => {
  const { title, about, inputs } = CHALLENGES[challenge.challenge] ?? OTHER;
  const { CODE_DELIVERY_DESTINATION: destination } = challenge.parameters;
  main.querySelector("h2").textContent = title;
  main.querySelector(".about").textContent = destination
    ? `Cognito has sent it to ${destination}. It is good for three minutes.`
    : about;
  main.querySelector(".username").value = challenge.email ?? ""; // for password managers
  main.querySelector(".asked").append(...inputs(challenge));
  onSubmit(main.querySelector("form"), {
    answer: (values) => respond(challenge, readAnswer(values)),
    back: () => show("logged-out"),
  });
});

function readAnswer({ answer, ...responses }) {
  return { answer, responses: Object.keys(responses).length ? responses : undefined };
}

// MFA_SETUP with an authenticator app takes three requests.
defineView("mfa-setup", (main, challenge) => {
  const form = main.querySelector("form");
  let { session } = challenge; // each answer brings the one for the next request
  onSubmit(form, {
    setUp: async () => {
      const body = await ask("POST", "mfa/totp", { session, account: challenge.email });
      session = body.session;
      showSecret(form.querySelector(".pending"), body);
    },
    verify: async ({ code }) => {
      const body = await ask("POST", "mfa/totp/verify", { session, code });
      return respond({ ...challenge, session: body.session }, {});
    },
    back: () => show("logged-out"),
  });
});
