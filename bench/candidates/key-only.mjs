/** No limiter at all: what is left is the loop, the drawing and the building of the key. */
export class KeyOnly {
  /** Kept, so that the compiler can't leave the building out. */
  lastKey = '';

  allow(key) {
    this.lastKey = key;
    return true;
  }

  reset() {
    return false;
  }

  stats() {
    return { activeKeys: 0 };
  }
}
