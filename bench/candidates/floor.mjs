/** What a rate limiter in JavaScript can't do without: a `Map`, the clock, a count. All ratios are to this. */
export class Floor {
  entries = new Map();

  constructor({ limit, windowMs }) {
    this.limit = limit;
    this.windowMs = windowMs;
  }

  allow(key) {
    const now = Date.now();
    const entry = this.entries.get(key);
    if (entry === undefined) {
      this.entries.set(key, { start: now, count: 1 });
      return true;
    }
    if (now - entry.start >= this.windowMs) {
      entry.start = now;
      entry.count = 0;
    }
    if (entry.count >= this.limit) return false;
    entry.count++;
    return true;
  }

  reset(key) {
    return this.entries.delete(key);
  }

  stats() {
    return { activeKeys: this.entries.size };
  }
}
