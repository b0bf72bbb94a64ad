// Second factors: the authenticator app, and the choice of factors.

import { askAsUser } from "./api.js";
import { template } from "./dom.js";
import { onSubmit } from "./forms.js";

const KINDS = { totp: "SOFTWARE_TOKEN_MFA", email: "EMAIL_OTP", sms: "SMS_MFA" };

export function addFactors(main, account) {
  addAuthenticator(main.querySelector("#authenticator"), account);
  addPreferences(main.querySelector("#factors"));
}

function addAuthenticator(form, account) {
  const pending = form.querySelector(".pending");
  onSubmit(form, {
    setUp: async () => {
      const body = await askAsUser("POST", "mfa/totp", { account });
      showSecret(pending, body);
    },
    verify: async ({ code }) => {
      await askAsUser("POST", "mfa/totp/verify", { code });
      // Cognito knows the app now, but asks for its codes only once it is switched on.
      await askAsUser("PUT", "mfa", { totp: { enabled: true, preferred: true } });
      pending.replaceChildren("The authenticator app is set up: from now on a login asks for its code.");
    },
  });
}

function addPreferences(form) {
  const read = async () => {
    const body = await askAsUser("GET", "mfa");
    const used = body.user_mfa_setting_list ?? [];
    for (const [name, kind] of Object.entries(KINDS)) {
      form.elements[name].checked = used.includes(kind);
    }
    const first = (body.configured_user_auth_factors ?? []).join(", ");
    return `First factors: ${first}. Second factors: ${used.join(", ") || "none"}.`;
  };
  onSubmit(form, {
    read,
    save: async (chosen) => {
      const switches = Object.keys(KINDS).map((name) => [name, { enabled: name in chosen }]);
      const { message } = await askAsUser("PUT", "mfa", Object.fromEntries(switches));
      await read();
      return message;
    },
  });
}

// Show the answer of POST /mfa/totp, with an input for the code and a button "Confirm".
export function showSecret(place, { secret, qr_svg }) {
  place.replaceChildren(template("totp"), template("verify"));
  place.querySelector(".secret").textContent = secret;
  const picture = place.querySelector("img");
  picture.src = URL.createObjectURL(new Blob([qr_svg], { type: "image/svg+xml" }));
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  place.querySelector("input").focus();
}
