// The service's refusal of a command; `code` is one of docs/PROTOCOL.md.
export class BtpayError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "BtpayError";
    this.code = code;
  }
}
