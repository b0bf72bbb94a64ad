// A remembered device proves itself at login, by a password that it made itself and never sends.
// It is SRP (RFC 5054) with the 3072-bit group of RFC 3526, as Cognito speaks it: numbers are hashed
// as their shortest bytes, and HKDF derives the key of the proof.

import { fromBase64, randomBytes, textBytes, toBase64 } from "./bytes.js";

const N = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const G = 2n;
const KEPT = "cognito-auth-api.device"; // in this tab; an app keeps it for as long as its user likes

// Make the device's password; `secret` is what POST /devices/{key} takes to check it by.
export async function makeDevice({ device_key: key, device_group_key: group }, email) {
  const device = { email, key, group, password: toBase64(randomBytes(30)) };
  const salt = toNumber(randomBytes(16));
  const verifier = toBase64(toBytes(power(G, await exponent(device, salt))));
  return { device, secret: { password_verifier: verifier, salt: toBase64(toBytes(salt)) } };
}

export const keepDevice = (device) => sessionStorage.setItem(KEPT, JSON.stringify(device));

// Return the device of this tab, if it is this user's.
export function deviceOf(email) {
  const device = JSON.parse(sessionStorage.getItem(KEPT));
  return device?.email === email ? device : undefined;
}

// Begin a proof: SRP_A answers DEVICE_SRP_AUTH, and what `answer` returns DEVICE_PASSWORD_VERIFIER.
export function beginProof(device) {
  const a = toNumber(randomBytes(128));
  const A = power(G, a);
  return { SRP_A: A.toString(16), answer: (parameters) => prove(device, a, A, parameters) };
}

async function prove(device, a, A, { SALT, SRP_B, SECRET_BLOCK }) {
  const B = BigInt(`0x${SRP_B}`);
  const x = await exponent(device, BigInt(`0x${SALT}`));
  const u = toNumber(await hash(toBytes(A), toBytes(B)));
  const k = toNumber(await hash(toBytes(N), toBytes(G)));
  const shared = power(B - k * power(G, x), a + u * x);
  const [weekday, day, month, year, time] = new Date().toUTCString().split(/,? /);
  const TIMESTAMP = `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
  const signed = [textBytes(device.group + device.key), fromBase64(SECRET_BLOCK), textBytes(TIMESTAMP)];
  return {
    PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
    PASSWORD_CLAIM_SIGNATURE: toBase64(await sign(toBytes(shared), toBytes(u), join(signed))),
    TIMESTAMP,
  };
}

async function sign(secret, salt, signed) {
  const source = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info: textBytes("Caldera Derived Key") };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 128 };
  const key = await crypto.subtle.deriveKey(hkdf, source, hmac, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
}

async function exponent({ group, key, password }, salt) {
  const inner = await hash(textBytes(`${group}${key}:${password}`));
  return toNumber(await hash(toBytes(salt), inner));
}

async function hash(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
}

function power(base, exponent) {
  let result = 1n;
  let square = ((base % N) + N) % N;
  for (let rest = exponent; rest; rest >>= 1n) {
    result = rest & 1n ? (result * square) % N : result;
    square = (square * square) % N;
  }
  return result;
}

const join = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

// Write a number as its shortest bytes whose first bit is 0.
function toBytes(number) {
  const hex = number.toString(16);
  const even = hex.length % 2 ? `0${hex}` : hex;
  const pairs = (/^[89a-f]/.test(even) ? `00${even}` : even).match(/../g);
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

function toNumber(bytes) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  return BigInt(`0x${hex.join("")}`);
}
