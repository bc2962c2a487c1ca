import type { Worker } from 'node:worker_threads';
import { BARRIER, type Job, type ThreadAnswer, TIMEOUT_MS } from './messages.js';
import { workerSource } from './worker-source.js';

/** Where each worker thread finds the engine under test. */
export interface Concurrency {
  /** An ES module as Node runs it: a file URL, an absolute path, or a name that the working folder resolves. */
  readonly module: string;
  /** The name under which the module exports its `EngineFactory`. */
  readonly export: string;
}

type Done = Extract<ThreadAnswer, { admitted: number }>;
type Task = Pick<Job, 'policies' | 'shared' | 'how' | 'cost' | 'calls'>;

/** Worker threads that import the engine under test, once, and then do a job in each round. */
export class Crew {
  readonly #concurrency: Concurrency;
  readonly #name = globalThis.crypto.randomUUID();
  #workers: Worker[] = [];
  #names = 0;

  constructor(concurrency: Concurrency) {
    this.#concurrency = concurrency;
  }

  /** A name that no engine has been shared under yet. */
  newName(): string {
    return `conformance ${this.#name} #${this.#names++}`;
  }

  /** Lines the threads up, lets them all make their calls at once, and answers what each was admitted. */
  async round(threads: number, task: Task): Promise<Done[]> {
    const workers = await this.#members(threads);
    const job: Job = { ...task, barrier: newBarrier(), threads, reporters: threads };
    return this.#allOrNone(Promise.all(workers.map((worker) => this.#done(worker, job))));
  }

  /**
   * As `round`, and one thread more makes calls until it is terminated in the middle of one. Answers what
   * the survivors were admitted, and what the other had counted before it ended.
   */
  async interruptedRound(survivors: number, task: Task): Promise<{ done: Done[]; admittedByEndless: number }> {
    const workers = await this.#members(survivors + 1);
    const victim = workers[survivors] as Worker;
    const barrier = newBarrier();
    const job: Job = { ...task, barrier, threads: survivors + 1, reporters: survivors };
    const [done] = await this.#allOrNone(
      Promise.all([
        Promise.all(workers.slice(0, survivors).map((worker) => this.#done(worker, job))),
        this.#answer(victim, { ...job, calls: Infinity }).then(() => victim.terminate()),
      ]),
    );
    this.#workers = this.#workers.filter((worker) => worker !== victim);
    return { done, admittedByEndless: Atomics.load(new Int32Array(barrier), BARRIER.admittedByEndless) };
  }

  /** Threads that are nobody's: each makes its calls on an engine of its own and is terminated before the next starts. */
  async inTurn(threads: number, task: Task): Promise<Done[]> {
    const done: Done[] = [];
    for (let thread = 0; thread < threads; thread++) {
      const worker = await this.#newWorker();
      try {
        done.push(await this.#done(worker, { ...task, barrier: newBarrier(), threads: 1, reporters: 1 }));
      } finally {
        await worker.terminate();
      }
    }
    return done;
  }

  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  async #members(count: number): Promise<Worker[]> {
    while (this.#workers.length < count) this.#workers.push(await this.#newWorker());
    return this.#workers.slice(0, count);
  }

  async #newWorker(): Promise<Worker> {
    const { Worker } = await import('node:worker_threads');
    // Without the flags of this process: a test runner's import conditions would find sources, not builds.
    return new Worker(workerSource, { eval: true, execArgv: [], workerData: this.#concurrency });
  }

  async #done(worker: Worker, job: Job): Promise<Done> {
    const answer = await this.#answer(worker, job);
    if ('admitted' in answer) return answer;
    throw new Error(`a worker answered out of turn: ${JSON.stringify(answer)}`);
  }

  async #answer(worker: Worker, job: Job): Promise<ThreadAnswer> {
    const answer = nextAnswer(worker);
    worker.postMessage(job);
    return answer;
  }

  /** Where one thread failed, the others may wait at the barrier for it still, and would come late to later rounds. */
  async #allOrNone<T>(round: Promise<T>): Promise<T> {
    try {
      return await round;
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}

function newBarrier(): SharedArrayBuffer {
  return new SharedArrayBuffer(BARRIER.cells * Int32Array.BYTES_PER_ELEMENT);
}

function nextAnswer(worker: Worker): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(`gave no answer in ${TIMEOUT_MS} ms`), TIMEOUT_MS);
    const onMessage = (answer: ThreadAnswer) => settle('error' in answer ? `failed: ${answer.error}` : answer);
    const onError = (error: unknown) => settle(`failed: ${String(error)}`);
    const onExit = (code: number) => settle(`ended with code ${code} in the middle of its calls`);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);

    function settle(answer: ThreadAnswer | string): void {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (typeof answer === 'string') reject(new Error(`a worker thread ${answer}`));
      else resolve(answer);
    }
  });
}
