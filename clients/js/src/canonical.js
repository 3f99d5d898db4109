// The canonical form of JSON (RFC 8785), and the hash that the service puts on deltas.

import { sha256 } from "./sha256.js";

// Members are sorted by UTF-16 code units, which is how JavaScript compares texts; numbers are as JavaScript prints them.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// The first 16 hex digits of the SHA-256 of the canonical form.
export const hashOf = (data) => sha256(canonical(data)).slice(0, 16);
