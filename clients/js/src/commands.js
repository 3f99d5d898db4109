// What may be asked of the service, as methods. Each gives a promise of the answer, or rejects with a BtpayError.

const listed = (ids) => (Array.isArray(ids) ? ids : [ids]);

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

    // The transactions that make up a number of a view.
    explain(view, field) {
      return this.request({ command: "explain", view, field });
    }

    // A view as it would have stood at a moment, from what was known then or later (RFC 3339 texts).
    asOf(view, at, knownAt) {
      return this.request({ command: "as_of", view, at, ...(knownAt === undefined ? {} : { known_at: knownAt }) });
    }

    requestReview() {
      return this.request({ command: "request_review" });
    }
  };
