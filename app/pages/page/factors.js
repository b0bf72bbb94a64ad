// Second factors: the authenticator app, and the choice of factors.

import { askAsUser } from "./api.js";
import { describe } from "./dom.js";
import { onSubmit } from "./forms.js";
import { showSecret } from "./totp.js";

const KINDS = { totp: "SOFTWARE_TOKEN_MFA", email: "EMAIL_OTP", sms: "SMS_MFA" };

export function addFactors(main, account) {
  addAuthenticator(main.querySelector("#authenticator"), account);
  addPreferences(main.querySelector("#factors"));
}

function addAuthenticator(form, account) {
  const pending = form.querySelector(".pending");
  onSubmit(form, {
    setUp: async () => {
      const { body } = await askAsUser("POST", "mfa/totp", { account });
      showSecret(pending, body);
    },
    verify: async ({ code }, button) => {
      await askAsUser("POST", "mfa/totp/verify", { code });
      // Cognito knows the app now, but asks for its codes only once it is switched on.
      await askAsUser("PUT", "mfa", { totp: { enabled: true, preferred: true } });
      pending.replaceChildren("The authenticator app is set up: from now on a login asks for its code.");
    },
  });
}

function addPreferences(form) {
  const read = async () => {
    const { body } = await askAsUser("GET", "mfa");
    const used = body.user_mfa_setting_list ?? [];
    for (const [name, kind] of Object.entries(KINDS)) {
      form.elements[name].checked = used.includes(kind);
    }
    const preferred = Object.keys(KINDS).find((name) => KINDS[name] === body.preferred_mfa_setting);
    form.elements.preferred.value = preferred ?? "";
    describe(form.querySelector(".configured"), [
      ["First factors", (body.configured_user_auth_factors ?? []).join(", ") || "none"],
      ["Second factors", used.join(", ") || "none"],
      ["Preferred", body.preferred_mfa_setting ?? "none"],
    ]);
  };
  onSubmit(form, {
    read,
    save: async ({ preferred, ...chosen }) => {
      const switches = Object.keys(KINDS).map((name) => [
        name,
        { enabled: name in chosen, preferred: name === preferred },
      ]);
      const { body } = await askAsUser("PUT", "mfa", Object.fromEntries(switches));
      await read();
      return body.message;
    },
  });
}
