// Writes a request as a command line for curl, and an answer without its secrets.

// Members of a body whose values are shown as shell variables.
const SECRETS = {
  password: "PASSWORD",
  previous_password: "PASSWORD",
  new_password: "NEW_PASSWORD",
  code: "CODE",
  answer: "ANSWER",
  session: "SESSION",
  refresh_token: "REFRESH_TOKEN",
  code_verifier: "CODE_VERIFIER",
  credential: "CREDENTIAL",
  password_verifier: "PASSWORD_VERIFIER",
  salt: "SALT",
};

export function curlLine({ method, path, body, bearer }) {
  const words = ["curl"];
  if (method !== "GET") {
    words.push("-X", method);
  }
  words.push(`"$API/${path}"`);
  if (bearer) {
    words.push('-H "Authorization: Bearer $ACCESS_TOKEN"');
  }
  if (body) {
    words.push("-H 'Content-Type: application/json'", `-d '${members(body)}'`);
  }
  return words.join(" ");
}

// Each variable stands outside the body's single quotes, so that the shell fills it in: '"$PASSWORD"'.
function members(body) {
  const written = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `"${name}": ${secret(name, value) ?? quoted(value)}`);
  return `{${written.join(", ")}}`;
}

function secret(name, value) {
  const variable = SECRETS[name] && `'"$${SECRETS[name]}"'`;
  return variable && (typeof value === "string" ? `"${variable}"` : variable);
}

const quoted = (value) => JSON.stringify(value).replaceAll("'", "'\\''");

const LONG = 80;
const SHOWN = 12;

// Write an answer with its tokens, pictures and other long values shortened.
export function shortened(body) {
  return JSON.stringify(body, (name, value) => (isToShorten(name, value) ? cut(value) : value), 2);
}

const isToShorten = (name, value) =>
  typeof value === "string" && (value.length > LONG || /(_token|session)$/.test(name)) && / /.test(value) === false
  || name === "qr_svg";

const cut = (value) => `${value.slice(0, SHOWN)}… (${value.length} characters)`;
