// The views of a user who is logged in: tokens, profile, password, logging out.

import { ask, askAsUser, refresh, refreshToken } from "./api.js";
import { showClaims } from "./claims.js";
import { defineView, describe, show, template } from "./dom.js";
import { addFactors } from "./factors.js";
import { onSubmit, say } from "./forms.js";
import { leaveForLogout } from "./hosted.js";
import { addLists } from "./lists.js";
import { whereItWent } from "./login.js";
import { claimsOf, currentTokens, forgetTokens } from "./session.js";
import { explainDomain } from "./webauthn.js";

defineView("logged-in", (main, { note }) => {
  const { email, "cognito:username": username } = claimsOf(currentTokens().id_token);
  main.querySelector("h2").textContent = `Logged in as ${email ?? username}`;
  const form = main.querySelector(".title");
  onSubmit(form, { logOut });
  addTokens(main.querySelector("#tokens"));
  addProfile(main.querySelector("#profile"));
  addVerification(main.querySelector("#verification"));
  addPassword(main.querySelector("#password"), email);
  addFactors(main, email ?? username);
  addLists(main, email);
  explainDomain(main);
  onSubmit(main.querySelector("#leave"), { everywhere, hosted, remove });
  if (note) {
    say(form, form.querySelector("button"), note, true);
  }
});

function addTokens(form) {
  const showThem = () => showClaims(form.querySelector(".claims"), currentTokens());
  showThem();
  onSubmit(form, {
    refresh: async () => {
      await refresh();
      showThem();
      return "These are new tokens.";
    },
    me: async () => {
      const { sub } = await askAsUser("GET", "me");
      return `The API has verified the access token of ${sub}.`;
    },
    copy: async () => {
      await navigator.clipboard.writeText(currentTokens().access_token);
      return "Copied. In a shell: ACCESS_TOKEN='…'";
    },
  });
}

function addProfile(form) {
  const read = async () => {
    const { attributes } = await askAsUser("GET", "profile");
    describe(form.querySelector("dl"), Object.entries(attributes));
  };
  onSubmit(form, {
    read,
    change: async ({ attribute, value = "" }) => {
      const { message } = await askAsUser("POST", "profile", { [attribute]: value });
      await read();
      return message;
    },
    remove: async ({ attribute }) => {
      const { message } = await askAsUser("DELETE", `profile/${encodeURIComponent(attribute)}`);
      await read();
      return message;
    },
  });
}

// Codes that verify an address or a number.
function addVerification(form) {
  const pending = form.querySelector(".pending");
  let attribute;
  const askForCode = (name, body) => {
    attribute = name;
    pending.replaceChildren(template("verify"));
    pending.querySelector("input").focus();
    return whereItWent(body);
  };
  const send = (name) => async () =>
    askForCode(name, await askAsUser("POST", `profile/${name}/verification`));
  onSubmit(form, {
    email: send("email"),
    phone_number: send("phone_number"),
    changeEmail: async ({ email }) =>
      askForCode("email", await askAsUser("PUT", "profile/email", { email })),
    verify: async ({ code }) => {
      const path = `profile/${attribute}/verification/confirm`;
      pending.replaceChildren((await askAsUser("POST", path, { code })).message);
    },
  });
}

function addPassword(form, email = "") {
  form.querySelector(".username").value = email; // for password managers
  onSubmit(form, {
    change: async ({ previous_password, new_password }) => {
      const passwords = { previous_password, new_password };
      const { message } = await askAsUser("POST", "auth/change-password", passwords);
      form.reset();
      return message;
    },
  });
}

async function logOut() {
  leave((await ask("POST", "auth/logout", refreshToken())).message);
}

async function hosted() {
  await logOut();
  leaveForLogout();
}

async function everywhere() {
  leave((await askAsUser("POST", "auth/logout-everywhere")).message);
}

async function remove() {
  if (!confirm("Delete this account, with all that the pool knows of it? It cannot be undone.")) {
    return "Nothing was deleted.";
  }
  return leave((await askAsUser("DELETE", "me")).message);
}

function leave(note) {
  forgetTokens();
  show("logged-out", { note });
}
