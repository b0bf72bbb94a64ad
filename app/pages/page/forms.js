// Sends forms: one at a time, with the answer beside the button that was pressed.

import { show } from "./dom.js";

const PATIENCE_MS = 2000;

// Run the action that the pressed button names, with the form's values. What it returns is shown.
export function onSubmit(form, actions) {
  form.noValidate = true; // the API says what is wrong, in the same words as to everybody else
  form.addEventListener("keydown", pressNextButton);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") {
      return; // a double click
    }
    const button = event.submitter;
    clear(form);
    form.ariaBusy = "true";
    const slow = setTimeout(() => say(form, button, "Still waiting for an answer …"), PATIENCE_MS);
    try {
      const note = await actions[button.value](valuesOf(form), button);
      clearTimeout(slow);
      say(form, button, note ?? "");
    } catch (error) {
      clearTimeout(slow);
      showError(form, button, error);
    }
    form.ariaBusy = "false";
  });
}

// Let Enter press the button that follows the input; browsers press the form's first button.
function pressNextButton(event) {
  const { target: input, currentTarget: form } = event;
  const follows = (button) => input.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (event.key === "Enter" && input.matches("input")) {
    event.preventDefault();
    form.requestSubmit([...form.querySelectorAll("button")].find(follows));
  }
}

// Read a form's values by name; empty ones are left out.
function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

// Show the result next to the button, or at the form's end if the button is gone.
export function say(form, button, text, isError = false) {
  const note = form.querySelector(".note") ?? document.createElement("p");
  note.className = isError ? "note error" : "note";
  note.role = isError ? "alert" : "status";
  const place = form.contains(button) && button.closest("p, li");
  if (place && place.matches("p")) {
    place.after(note);
  } else {
    (place || form).append(note);
  }
  note.textContent = text;
}

function clear(form) {
  form.querySelectorAll(".problem").forEach((problem) => problem.remove());
  form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
}

function showError(form, button, error) {
  if (error.sessionIsOver) {
    show("logged-out", { note: `Your session is over: ${error.message}` });
    return;
  }
  const elsewhere = Object.entries(error.fields ?? {}).filter(
    ([name, problem]) => !showProblem(form.elements.namedItem(name), problem),
  );
  const rest = elsewhere.map(([name, problem]) => ` ${name} ${problem}.`);
  say(form, button, error.message + rest.join(""), true);
  form.querySelector("[aria-invalid]")?.focus();
}

// Put a problem below its input; return whether there is such an input.
function showProblem(input, problem) {
  if (!(input instanceof HTMLInputElement)) {
    return false;
  }
  const label = input.labels[0];
  const note = document.createElement("span");
  note.className = "problem";
  note.id = `problem-with-${input.name}`;
  note.textContent = `${label.firstChild.textContent.trim()} ${problem}`;
  label.after(note);
  input.ariaInvalid = "true";
  input.setAttribute("aria-describedby", note.id);
  return true;
}
