// The service's metrics, in the text form that Prometheus reads.

// [{name, value, counter, help}] of the samples; the buckets of histograms are left to Prometheus.
export function parseMeasures(text) {
  const kinds = new Map();
  const helps = new Map();
  const samples = [];
  for (const line of text.split("\n")) {
    const [, what, family, rest] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (what === "TYPE") kinds.set(family, rest);
    else if (what === "HELP") helps.set(family, rest);
    const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (!name || name.endsWith("_bucket")) continue;
    const base = kinds.has(name) ? name : name.replace(/_(sum|count)$/, "");
    const counter = kinds.get(base) === "counter" || base !== name;
    samples.push({ name: name + labels, value: Number(value), counter, help: helps.get(base) ?? "" });
  }
  return samples;
}

// Between two looks: what each measure gained per second. Null at the first look.
export class Rates {
  #before = new Map();
  #beforeMs = 0;
  #rates = new Map();

  look(samples, nowMs) {
    const seconds = (nowMs - this.#beforeMs) / 1_000;
    this.#rates = new Map(
      samples.map(({ name, value }) => [name, this.#before.has(name) && seconds > 0 ? (value - this.#before.get(name)) / seconds : null]),
    );
    this.#before = new Map(samples.map(({ name, value }) => [name, value]));
    this.#beforeMs = nowMs;
  }

  of(name) {
    return this.#rates.get(name) ?? null;
  }
}
