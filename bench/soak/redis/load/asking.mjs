/** How it is known of a call whether it was counted: it was decided by the server; it may have been counted; it was never sent. */
export const [SURE, UNSURE, UNSENT] = ['sure', 'unsure', 'unsent'];

/** Makes calls, and notes of each what is known of it. */
export class Asking {
  calls = 0;
  unsure = 0;
  unsent = 0;
  longestMs = 0;
  errors = [];

  /** `told`: the answer, where there is one. The call was decided between the two times. */
  async ask(call) {
    this.calls++;
    const [sentMs, startMs] = [Date.now(), performance.now()];
    let [told, how] = [undefined, SURE];
    try {
      told = await call();
    } catch (error) {
      how = this.#failed(error);
    }
    this.longestMs = Math.max(this.longestMs, performance.now() - startMs);
    const decision = told?.decision ?? told;
    if (decision?.degraded) how = UNSURE;
    if (how === UNSURE) this.unsure++;
    if (how === UNSENT) this.unsent++;
    return { told, decision, how, sentMs, answeredMs: Date.now() };
  }

  #failed(error) {
    if (error.name === 'BackendUnavailableError') return /has failed before/.test(error.message) ? UNSENT : UNSURE;
    this.errors.push(error.stack ?? String(error));
    return UNSURE;
  }
}
