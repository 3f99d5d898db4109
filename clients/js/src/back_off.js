const firstMs = 1_000;
const longestMs = 30_000;

// How long to wait after `failures` failures in a row: doubling from 1 s to 30 s, half of it random, so that the clients of
// a restarted service do not all come at once.
export function backOffMs(failures, random) {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10));
  return longest / 2 + (longest / 2) * random();
}

// Close codes after which coming again would do harm: the client breaks the protocol, or sent too much.
export const isFinal = (code) => code === 1008 || code === 1009;
