// Passkeys: what Cognito sends goes to the browser, and what the browser makes goes back, as JSON.

// Make a passkey by the options of POST /passkeys/registration.
export async function createPasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  return credential.toJSON();
}

// Sign with a passkey by the options of a WEB_AUTHN challenge.
export async function signWithPasskey(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return credential.toJSON();
}

// Passkeys belong to a domain; an address such as 127.0.0.1 is not one.
export function explainDomain(root) {
  const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
  for (const place of root.querySelectorAll(".needs-domain")) {
    place.hidden = !isAddress;
    const url = `http://localhost${location.port && `:${location.port}`}${location.pathname}`;
    const link = Object.assign(document.createElement("a"), { href: url, textContent: url });
    place.replaceChildren("Passkeys are for a domain, and this is an address: open ", link, " instead.");
  }
}
