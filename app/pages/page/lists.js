// Passkeys, devices and sessions, of which a user can have several: list and delete them.

import { askAsUser } from "./api.js";
import { element } from "./dom.js";
import { onSubmit } from "./forms.js";
import { createPasskey } from "./webauthn.js";

export function addLists(main) {
  addPasskeys(main.querySelector("#passkeys"));
  addDevices(main.querySelector("#devices"));
  addSessions(main.querySelector("#sessions"));
}

function addPasskeys(form) {
  const actions = listActions(form, "passkeys", (body) =>
    body.credentials.map((passkey) => ({
      id: passkey.credential_id,
      text: [passkey.friendly_credential_name, passkey.relying_party_id, time(passkey.created_at)],
      button: "Delete",
    })),
  );
  const add = async () => {
    const { body: options } = await askAsUser("POST", "passkeys/registration");
    const credential = await createPasskey(options.credential_creation_options);
    const { body } = await askAsUser("POST", "passkeys", { credential });
    await actions.list();
    return body.message;
  };
  onSubmit(form, { ...actions, add });
}

function addDevices(form) {
  const actions = listActions(form, "devices", (body) =>
    body.devices.map((device) => {
      const attributes = device.device_attributes ?? [];
      const name = attributes.find(({ name }) => name === "device_name")?.value;
      return {
        id: device.device_key,
        text: [name ?? device.device_key, time(device.device_last_authenticated_date)],
        button: "Forget",
      };
    }),
  );
  onSubmit(form, actions);
}

function addSessions(form) {
  const actions = listActions(form, "sessions", (body) =>
    body.sessions.map((session) => ({
      id: session.session_id,
      text: [session.device_type, session.last_ip_address, time(session.last_active_date)],
      button: "End",
      isThis: session.is_current_session,
    })),
  );
  onSubmit(form, actions);
}

// Return the actions of a form that lists what is at a path, and deletes what a row's button names.
function listActions(form, path, rowsOf) {
  const list = async () => {
    const { body } = await askAsUser("GET", path);
    const rows = rowsOf(body);
    form.querySelector(".rows").replaceChildren(...rows.map(listRow));
    return rows.length ? "" : "There are none.";
  };
  const remove = async (_, button) => {
    const { body } = await askAsUser("DELETE", `${path}/${encodeURIComponent(button.dataset.id)}`);
    await list();
    return body.message;
  };
  return { list, remove };
}

function listRow({ id, text, button, isThis }) {
  const remove = element("button", { value: "remove" }, button);
  remove.dataset.id = id;
  const end = isThis ? element("strong", {}, "This one") : remove;
  return element("li", {}, element("span", {}, text.filter(Boolean).join(", ")), end);
}

const time = (date) => date && new Date(date).toLocaleString();
