// The websocket to the local server: requests with answers, events, and mending a lost connection.

const FIRST_WAIT = 500; // ms, doubled with every failure
const LONGEST_WAIT = 10_000;
const ANSWER_WITHIN = 15_000;

/**
 * One connection as one person. `onHello(frame)` after each (re)connection, `onEvent(name, data)`,
 * `onStatus({state: "connecting" | "open" | "lost", wait, failures})`.
 */
export class Connection {
  constructor({ key, onHello, onEvent, onStatus }) {
    Object.assign(this, { key, onHello, onEvent, onStatus });
    this.user = null;
    this.socket = null;
    this.waiting = new Map();
    this.failures = 0;
    this.timer = 0;
    this.count = 0;
    window.addEventListener("online", () => this.retryNow());
  }

  /** Connect as this person (null: whoever the server names first), leaving any other connection. */
  open(user) {
    this.user = user;
    this.failures = 0;
    this.connect();
  }

  /** Try at once instead of waiting the rest of the pause. */
  retryNow() {
    if (this.state === "lost") this.connect();
  }

  /** A name for the next request; an interaction's later events carry it. */
  nonce() {
    this.count += 1;
    return `${Date.now().toString(36)}-${this.count}`;
  }

  /** Ask the server; resolves to its data, rejects with an Error that says what went wrong. */
  request(op, fields = {}, nonce = this.nonce()) {
    if (this.state !== "open") return Promise.reject(new Error("Not connected to the local server."));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(nonce, { ok: false, error: "The local server did not answer in time." }), ANSWER_WITHIN);
      this.waiting.set(nonce, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ op, nonce, ...fields }));
    });
  }

  /** Send a file over HTTP; resolves to the server's JSON, rejects with an Error that says what went wrong. */
  async upload(fields, file) {
    const address = new URL("page/files", window.location.href);
    address.search = new URLSearchParams({ key: this.key, ...(this.user ? { user: this.user } : {}), ...fields }).toString();
    const response = await fetch(address, { method: "POST", body: file });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  connect() {
    clearTimeout(this.timer);
    this.drop();
    this.report("connecting");
    const address = new URL("page/ws", window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.search = new URLSearchParams(this.user ? { key: this.key, user: this.user } : { key: this.key }).toString();
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.addEventListener("message", (event) => socket === this.socket && this.receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.socket && this.lost());
  }

  receive(frame) {
    if (frame.type === "hello") {
      this.failures = 0;
      this.user = frame.me.id;
      this.state = "open";
      this.onHello(frame);
      this.report("open");
    } else if (frame.type === "reply") this.settle(frame.nonce, frame);
    else if (frame.type === "event") this.onEvent(frame.event, frame.data);
  }

  settle(nonce, { ok, error, data }) {
    const waiting = this.waiting.get(nonce);
    if (!waiting) return;
    this.waiting.delete(nonce);
    clearTimeout(waiting.timer);
    if (ok) waiting.resolve(data);
    else waiting.reject(new Error(error ?? "The local server refused this."));
  }

  lost() {
    this.drop();
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.failures - 1)) * (0.8 + Math.random() * 0.4);
    this.report("lost", wait);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  // Forget the socket; whoever waits for an answer on it hears that none will come.
  drop() {
    const old = this.socket;
    this.socket = null;
    if (old) old.close();
    for (const nonce of [...this.waiting.keys()]) this.settle(nonce, { ok: false, error: "The connection was lost before the answer came." });
  }

  report(state, wait = 0) {
    this.state = state;
    this.onStatus({ state, wait, failures: this.failures });
  }
}
