// The panel with each request, as a line for curl, and its answer.

import { API, calls } from "./api.js";
import { curlLine, shortened } from "./curl.js";
import { element } from "./dom.js";

export function showRequests() {
  document.getElementById("api-root").textContent = API.href.replace(/\/$/, "");
  const list = document.getElementById("request-list");
  calls.addEventListener("call", ({ detail }) => {
    document.getElementById("no-requests").hidden = true;
    list.querySelector("details[open]")?.removeAttribute("open");
    list.prepend(entry(detail));
  });
}

function entry({ request, answer }) {
  const status = element("span", { className: "status" }, "…");
  const text = element("pre", { tabIndex: 0 }, "waiting …");
  const start = performance.now();
  answer
    .then(({ status: number, body }) => [String(number), shortened(body)])
    .catch((error) => ["none", error.message])
    .then(([outcome, shown]) => {
      status.textContent = `${outcome} · ${Math.round(performance.now() - start)} ms`;
      status.classList.add(`status-${outcome[0]}`);
      text.textContent = shown;
    });
  const line = element("pre", { className: "curl", tabIndex: 0 }, curlLine(request));
  const title = element("code", {}, `${request.method} /${request.path}`);
  const parts = [line, copyButton(line, "the line"), text, copyButton(text, "the answer")];
  const summary = element("summary", {}, title, " ", status);
  return element("li", {}, element("details", { open: true }, summary, ...parts));
}

function copyButton(source, what) {
  const button = element("button", { type: "button", className: "copy" }, `Copy ${what}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = `Copy ${what}`;
    }, 2000);
  });
  return button;
}
