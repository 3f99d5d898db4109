// The canonical form and its hash, against vectors that both languages share.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { canonical, hashOf } from "../../../clients/js/src/btpay-client.js";
import { sha256 } from "../../../clients/js/src/sha256.js";
import { seeded } from "./seed.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../golden/hash_vectors.json", import.meta.url)));

for (const { what, json, canonical: form, hash } of vectors) {
  test(`${what} has its canonical form and hash`, () => {
    assert.equal(canonical(JSON.parse(json)), form);
    assert.equal(hashOf(JSON.parse(json)), hash);
  });
}

test("texts of every length around the blocks have the digest that OpenSSL finds", () => {
  for (let length = 0; length < 200; length++) {
    const text = "ș".repeat(length >> 1) + "x".repeat(length & 1);
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"));
  }
});

test("random texts have the digest that OpenSSL finds", () => {
  const random = seeded();
  for (let i = 0; i < 100; i++) {
    const text = Array.from({ length: random.below(3000) }, () => String.fromCodePoint(random.below(0xd800))).join("");
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"));
  }
});
