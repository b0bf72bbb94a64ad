// Writes a request as a command line for curl, and an answer without its secrets.

// Members of a body that are shown as shell variables: `new_password` as $NEW_PASSWORD.
const SECRET = /password|^code|^answer$|session|token|credential|verifier|^salt$/;

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
    .map(([name, value]) => `"${name}": ${secret(name, value) || quoted(value)}`);
  return `{${written.join(", ")}}`;
}

function secret(name, value) {
  const variable = SECRET.test(name) && `'"$${name.toUpperCase()}"'`;
  return variable && (typeof value === "string" ? `"${variable}"` : variable);
}

const quoted = (value) => JSON.stringify(value).replaceAll("'", "'\\''");

// Write an answer with its tokens, its picture and other long words shortened.
export function shortened(body) {
  return JSON.stringify(body, (name, value) => (isLong(name, value) ? cut(value) : value), 2);
}

const isLong = (name, value) =>
  typeof value === "string" && (name === "qr_svg" || /^\S{80,}$/.test(value));

const cut = (value) => `${value.slice(0, 12)}… (${value.length} characters)`;
