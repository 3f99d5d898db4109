// Questions to the HTTP API. A log-in that has ended leads to the log-in page; other refusals are thrown with their words.

export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function leave() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

export async function ask(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  if (answer.status === 401) leave();
  if (!answer.ok) {
    const body = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, body.error, body.message ?? answer.statusText);
  }
  return answer;
}

export const askJson = async (path, options) => (await ask(path, options)).json();
