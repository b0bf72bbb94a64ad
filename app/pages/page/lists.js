// Passkeys, devices and sessions, of which a user can have several: list and delete them.

import { askAsUser } from "./api.js";
import { deviceOf, keepDevice, makeDevice } from "./device.js";
import { element } from "./dom.js";
import { onSubmit } from "./forms.js";
import { currentTokens } from "./session.js";
import { createPasskey } from "./webauthn.js";

export function addLists(main, email) {
  addPasskeys(main.querySelector("#passkeys"));
  addDevices(main.querySelector("#devices"), email);
  addSessions(main.querySelector("#sessions"));
}

function addPasskeys(form) {
  const actions = listActions(form, "passkeys", ({ credentials }) =>
    credentials.map((passkey) => ({
      id: passkey.credential_id,
      text: [passkey.friendly_credential_name, passkey.relying_party_id, time(passkey.created_at)],
      button: "Delete",
    })),
  );
  const add = async () => {
    const options = await askAsUser("POST", "passkeys/registration");
    const credential = await createPasskey(options.credential_creation_options);
    const { message } = await askAsUser("POST", "passkeys", { credential });
    await actions.list();
    return message;
  };
  onSubmit(form, { ...actions, add });
}

function addDevices(form, email) {
  const actions = listActions(form, "devices", ({ devices }) =>
    devices.map((device) => {
      const attributes = device.device_attributes ?? [];
      const name = attributes.find(({ name }) => name === "device_name")?.value;
      return {
        id: device.device_key,
        text: [name ?? device.device_key, time(device.device_last_authenticated_date)],
        button: "Forget",
        action: "forget",
      };
    }),
  );
  const remember = async () => {
    const metadata = currentTokens().new_device_metadata;
    if (!metadata) {
      return "This login brought no new device: the pool tracks none, or knows this one.";
    }
    const path = `devices/${metadata.device_key}`;
    const { device, secret } = await makeDevice(metadata, email);
    await askAsUser("POST", path, { ...secret, device_name: "This tab" });
    await askAsUser("PATCH", path, { status: "remembered" });
    keepDevice(device);
    await actions.list();
    return "Remembered: at the next login in this tab it stands for the second factor.";
  };
  const forget = async (values, button) => {
    if (deviceOf(email)?.key === button.dataset.id) {
      keepDevice(null);
    }
    return actions.remove(values, button);
  };
  onSubmit(form, { ...actions, remember, forget });
}

function addSessions(form) {
  const actions = listActions(form, "sessions", ({ sessions }) =>
    sessions.map((session) => ({
      id: session.session_id,
      text: [session.device_type, session.last_ip_address, time(session.last_active_date)],
      button: "End",
      isThis: session.is_current_session,
    })),
  );
  onSubmit(form, actions);
}

// Return actions that list what is at a path, and delete what a row's button names.
function listActions(form, path, rowsOf) {
  const list = async () => {
    const rows = rowsOf(await askAsUser("GET", path));
    form.querySelector("ul").replaceChildren(...rows.map(listRow));
    return rows.length ? "" : "There are none.";
  };
  const remove = async (_, button) => {
    const { message } = await askAsUser("DELETE", `${path}/${encodeURIComponent(button.dataset.id)}`);
    await list();
    return message;
  };
  return { list, remove };
}

function listRow({ id, text, button, action = "remove", isThis }) {
  const remove = element("button", { value: action }, button);
  remove.dataset.id = id;
  const end = isThis ? element("strong", {}, "This one") : remove;
  return element("li", {}, element("span", {}, text.filter(Boolean).join(", ")), end);
}

const time = (date) => date && new Date(date).toLocaleString();
