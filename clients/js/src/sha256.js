// SHA-256 (FIPS 180-4), synchronous: the browser's own is a promise, and a delta has to be proved before the next is folded.
// About 15 µs per KB.

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the
// first 8, computed instead of typed.
const { cubeRoots, squareRoots } = fractions();

function fractions() {
  const bits = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const cubes = [];
  const squares = [];
  for (let n = 2; cubes.length < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    cubes.push(bits(Math.cbrt(n)));
    if (squares.length < 8) squares.push(bits(Math.sqrt(n)));
  }
  return { cubeRoots: cubes, squareRoots: squares };
}

const rotated = (word, by) => (word >>> by) | (word << (32 - by));

// The message with its bit 1, zeroes and its length in bits, to a multiple of 64 bytes.
function padded(bytes) {
  const length = (((bytes.length + 8) >> 6) + 1) << 6;
  const block = new Uint8Array(length);
  block.set(bytes);
  block[bytes.length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(length - 4, (bytes.length << 3) >>> 0);
  return view;
}

function mix(state, words) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + one + choice + cubeRoots[i] + words[i]) | 0;
    const zero = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = (zero + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
}

// The hex digits of the SHA-256 of a text as UTF-8.
export function sha256(text) {
  const view = padded(new TextEncoder().encode(text));
  const state = Int32Array.from(squareRoots);
  const words = new Int32Array(64);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + 4 * i);
    for (let i = 16; i < 64; i++) {
      const near = rotated(words[i - 15], 7) ^ rotated(words[i - 15], 18) ^ (words[i - 15] >>> 3);
      const far = rotated(words[i - 2], 17) ^ rotated(words[i - 2], 19) ^ (words[i - 2] >>> 10);
      words[i] = (words[i - 16] + near + words[i - 7] + far) | 0;
    }
    mix(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
