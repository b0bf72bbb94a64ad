// Bytes from text, from chance, and to and from base64.

export const textBytes = (text) => new TextEncoder().encode(text);
export const randomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
