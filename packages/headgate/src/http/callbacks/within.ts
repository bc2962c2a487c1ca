/**
 * What a promise answers, or what `late` does where it takes longer than so many milliseconds; 0: as long as it takes.
 * The timer keeps no process alive.
 */
export function within<T>(ms: number, promise: Promise<T>, late: () => T): Promise<T> {
  if (ms === 0) return promise;
  return new Promise<T>((resolve, reject) => {
    const timer: unknown = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
    (timer as { unref?(): void }).unref?.(); // a number where it isn't Node's
    promise.then(resolve, reject).then(() => clearTimeout(timer as number));
  });
}
