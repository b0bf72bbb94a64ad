// The authenticator app: its secret as a picture to scan and as text to type.

import { template } from "./dom.js";

// Show the answer of POST /mfa/totp, with an input for the code and a button "Confirm".
export function showSecret(place, { secret, qr_svg }) {
  place.replaceChildren(template("totp"), template("verify"));
  place.querySelector(".secret").textContent = secret;
  const picture = place.querySelector("img");
  picture.src = URL.createObjectURL(new Blob([qr_svg], { type: "image/svg+xml" }));
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  place.querySelector("input").focus();
}
