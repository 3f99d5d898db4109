// What may be asked of the service, as methods. Each gives a promise of the answer, or rejects with a BtpayError.

const listed = (ids) => (Array.isArray(ids) ? ids : [ids]);
const given = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

export const viewCommands = {
  dashboard: "request_data",
  pending: "request_pending",
  hourly: "request_hourly",
  categories: "request_categories",
};

// `Base` has `request(command)`.
export const withCommands = (Base) =>
  class extends Base {
    ping() {
      return this.request({ command: "ping" });
    }

    // Asks for a view whole; it also enters the client's view.
    refresh(view) {
      return this.request({ command: viewCommands[view] });
    }

    // `remember` makes it the user's rule for the merchant.
    categorize(id, category, { remember } = {}) {
      return this.request({ command: "categorize", id, category, ...(remember === undefined ? {} : { remember }) });
    }

    uncategorize(id) {
      return this.request({ command: "uncategorize", id });
    }

    autoCategorize() {
      return this.request({ command: "auto_categorize" });
    }

    remove(id) {
      return this.request({ command: "remove", id });
    }

    restore(id) {
      return this.request({ command: "restore", id });
    }

    // The booked transaction takes the pending one's place.
    match(booked, pending) {
      return this.request({ command: "match", booked, pending });
    }

    unmatch(booked) {
      return this.request({ command: "unmatch", booked });
    }

    decline(booked) {
      return this.request({ command: "decline", booked });
    }

    forget(merchant) {
      return this.request({ command: "forget", merchant });
    }

    setAlerts(alerts) {
      return this.request({ ...alerts, command: "set_alerts" });
    }

    ack(ids) {
      return this.request({ command: "ack", ids: listed(ids) });
    }

    read(ids) {
      return this.request({ command: "read", ids: listed(ids) });
    }

    // The transactions that make up a number of a view: a page of them, with the count and sum of all. With `seq` and
    // `at` as a view's message has them (`timestamp`), and `later`, of exactly that view.
    explain(view, field, { limit, after, at, knownAt, seq, later } = {}) {
      return this.request(given({ command: "explain", view, field, limit, after, at, known_at: knownAt, seq, later }));
    }

    // The same with all pages, which are of the moment of the first one.
    async explainAll(view, field, options = {}) {
      const first = await this.explain(view, field, { limit: 500, ...options });
      const transactions = [...first.transactions];
      const moment = { at: first.at, seq: first.seq, later: options.at === undefined || options.later };
      for (let { next } = first; next !== null; ) {
        const more = await this.explain(view, field, { limit: 500, ...options, ...moment, after: next });
        transactions.push(...more.transactions);
        next = more.next;
      }
      return { ...first, transactions, next: null };
    }

    // A view, or several of a list, as they would have stood at a moment, from what was known by another (RFC 3339
    // texts), or up to a position. What is dated after the moment is left out, unless `later` is true.
    asOf(view, at, knownAt, seq, later) {
      const which = Array.isArray(view) ? { views: view } : { view };
      return this.request(given({ command: "as_of", ...which, at, known_at: knownAt, seq, later }));
    }

    requestReview() {
      return this.request({ command: "request_review" });
    }
  };
