// The page at /: it shows the view for the present step, and every request that the views make.

import "./account.js";
import { show } from "./dom.js";
import { finishHostedLogin } from "./hosted.js";
import "./login.js";
import { showRequests } from "./requests.js";
import { currentTokens, keepTokens } from "./session.js";

showRequests();
try {
  const tokens = await finishHostedLogin();
  if (tokens) {
    keepTokens(tokens);
  }
  show(currentTokens() ? "logged-in" : "logged-out");
} catch (error) {
  show(currentTokens() ? "logged-in" : "logged-out", { note: error.message, isError: true });
}
